package io.github.optprobe.examples.command;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds the ELF files among files and below directories. A file that is named is always taken; in a
 * directory other files, and symbolic links, are left out and counted.
 */
final class FileFinder {
  private final List<Path> found = new ArrayList<>();
  private final List<SweepResult.Failed> failed = new ArrayList<>();
  private long leftOut;

  /** Adds a file, or all ELF files below a directory, in the order of their names. */
  void add(Path path) {
    if (Files.isDirectory(path)) {
      addAll(path);
    } else {
      found.add(path);
    }
  }

  /** The files, in the order in which they were named. */
  List<Path> found() {
    return Collections.unmodifiableList(found);
  }

  /** What could not be read while looking. */
  List<SweepResult.Failed> failed() {
    return Collections.unmodifiableList(failed);
  }

  /** How many files in directories were no ELF files. */
  long leftOut() {
    return leftOut;
  }

  private void addAll(Path directory) {
    List<Path> inDirectory = new ArrayList<>();
    try {
      Files.walkFileTree(directory, new Visitor(inDirectory));
    } catch (IOException unreadable) {
      addFailed(directory, unreadable);
    }
    Collections.sort(inDirectory);
    found.addAll(inDirectory);
  }

  private void addFailed(Path path, IOException why) {
    failed.add(new SweepResult.Failed(path, "can not be read: " + why));
  }

  private void visit(Path file, boolean regular, List<Path> into) {
    try {
      if (regular && CodeFile.isElf(file)) {
        into.add(file);
      } else {
        leftOut++;
      }
    } catch (IOException unreadable) {
      addFailed(file, unreadable);
    }
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final List<Path> into;

    Visitor(List<Path> into) {
      this.into = into;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      visit(file, attributes.isRegularFile(), into);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) {
      addFailed(file, why);
      return FileVisitResult.CONTINUE;
    }
  }
}
