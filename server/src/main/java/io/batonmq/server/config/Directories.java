package io.batonmq.server.config;

import java.nio.file.Path;

/// The four directories of the dialect, absolute. Baton keeps everything in one log under
/// `journal`; the other three are there because files name them.
public record Directories(Path journal, Path bindings, Path paging, Path largeMessages) {}
