package io.batonmq.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node sees of the shared disk: the truth, or what its cache makes of it.
interface View {
  boolean exists(String path);

  List<String> list(String directory);

  /// The file of this name, if this node finds one.
  @Nullable Inode resolve(String path);

  /// The server told this node that there is such a name.
  void present(String path);

  /// This node removed the name.
  void absent(String path);

  Handle handle(Inode inode, String path);

  /// What may happen at any time, by the seed.
  void background();

  /// A process of this node died. What it wrote is not gone with it.
  void processDied(List<Handle> open);

  /// An open file of a node; see [io.batonmq.seam.StoredFile] for what its calls promise.
  interface Handle {
    long id();

    Inode inode();

    long size();

    /// No read finds anything at or beyond this.
    long reach();

    int read(long offset, byte[] into);

    /// @param bytes null for zeros
    void write(long offset, int length, byte @Nullable [] bytes);

    /// @param between run between steps that others may see one by one
    void sync(Runnable between);

    /// The sync failed; whatever it may have done, it was not all.
    void failSync();

    void close();
  }
}
