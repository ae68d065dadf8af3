package io.batonmq.server.config;

/// One place of the file, for the reference page.
///
/// @param place such as `core/ha-policy/shared-store/primary`
/// @param what it is for; Markdown
record Section(String place, String what, Vocabulary vocabulary) {}
