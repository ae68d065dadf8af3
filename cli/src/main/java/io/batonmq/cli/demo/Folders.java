package io.batonmq.cli.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Removes folders.
final class Folders {
  private static final int TRIES_MAX = 5;

  private Folders() {}

  /// Removes a folder with all that is in it. Somebody may be writing there still, to his last breath.
  static void remove(Path folder) throws IOException {
    for (int i = 1; Files.exists(folder); i++) {
      try {
        removeOnce(folder);
      } catch (IOException e) {
        if (i == TRIES_MAX) {
          throw e;
        }
      }
    }
  }

  private static void removeOnce(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (Files.exists(file)) {
              throw e;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
