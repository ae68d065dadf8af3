package io.batonmq.server.instance;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/// What the file system's exceptions leave to their type, for people.
public final class DiskWords {
  private DiskWords() {}

  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException file -> file.getFile() + " is not there";
      case AccessDeniedException file -> file.getFile() + " may not be used by this user";
      case FileAlreadyExistsException file when isNoFolder(file.getFile()) ->
          file.getFile() + " is a file";
      case FileAlreadyExistsException file -> file.getFile() + " is there already";
      case NotDirectoryException file -> file.getFile() + " is not a folder";
      case FileSystemException file when file.getReason() == null ->
          file.getFile() + ": " + file.getClass().getSimpleName();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static boolean isNoFolder(String file) {
    return file != null && Files.exists(Path.of(file)) && !Files.isDirectory(Path.of(file));
  }

  /// Makes a folder with those above it.
  ///
  /// @throws IOException with the words for why it is not there now
  public static void makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(folder + " has to be a folder, and " + of(e), e);
    } catch (FileSystemException e) {
      throw new IOException("the folder " + folder + " cannot be made: " + of(e), e);
    }
  }
}
