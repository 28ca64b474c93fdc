package io.github.optprobe.examples.command;

import io.github.optprobe.CodeMap;
import io.github.optprobe.elf.ElfFunction;
import io.github.optprobe.examples.command.CodeFile.UnreadableException;
import io.github.optprobe.examples.command.SweepResult.Difference;
import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.Failed;
import io.github.optprobe.examples.command.SweepResult.FunctionResult;
import io.github.optprobe.examples.command.SweepResult.Swept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RecursiveTask;

/** Sweeps a file, in parts that run side by side. */
final class FileSweep extends RecursiveTask<SweepResult> {
  private static final long serialVersionUID = 1L;
  private static final long SMALLEST_PART = 0x8000;
  private static final long MOST_PARTS = 64;
  private static final int MOST_DIFFERENCES = 10;

  private final transient Path path;
  private final transient SweepOptions options;
  private final transient Progress progress;

  FileSweep(Path path, SweepOptions options, Progress progress) {
    this.path = path;
    this.options = options;
    this.progress = progress;
  }

  /**
   * How much work a file is; also what is advanced when it could not be swept.
   *
   * @return bytes, 0 if that is not known
   */
  static long work(Path path) {
    try {
      return Files.size(path);
    } catch (IOException unreadable) {
      // Whoever reads it will say so.
      return 0;
    }
  }

  @Override
  protected SweepResult compute() {
    long work = work(path);
    progress.now(path.getFileName() + "");
    try {
      return sweep(CodeFile.read(path), work);
    } catch (UnreadableException unreadable) {
      progress.advance(work);
      return new Failed(path, unreadable.getMessage() + "");
    }
  }

  /**
   * Waits for the result.
   *
   * @throws CommandFailure if a decoder is missing
   */
  SweepResult result() {
    try {
      return join();
    } catch (CommandFailure failure) {
      throw failure;
    } catch (RuntimeException bug) {
      // The other files are swept all the same.
      return new Failed(path, "makes the sweep itself fail, which is a bug: " + bug);
    }
  }

  private SweepResult sweep(CodeFile file, long work) {
    List<ElfFunction> wanted = file.functions().stream().filter(options::asks).toList();
    List<Part> parts = parts(file, wanted, work);
    progress.advance(parts.isEmpty() ? work : 0);
    ForkJoinTask.invokeAll(parts);
    List<FunctionResult> functions = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    List<Difference> differences = new ArrayList<>();
    for (Part part : parts) {
      FunctionSweep done = part.join();
      functions.addAll(done.functions());
      examples.addAll(done.examples());
      differences.addAll(done.differences());
    }
    return new Swept(
        path,
        List.copyOf(functions),
        sets(functions),
        SweepResult.firstOfEach(examples),
        differences.stream().limit(MOST_DIFFERENCES).toList());
  }

  private static SortedMap<String, Tally> sets(List<FunctionResult> functions) {
    SortedMap<String, Tally> sets = new TreeMap<>();
    functions.forEach(
        each -> sets.computeIfAbsent(each.set(), unused -> new Tally()).add(each.tally()));
    return sets;
  }

  /** Each has a copy of the file's text, so that there must not be too many. */
  private List<Part> parts(CodeFile file, List<ElfFunction> functions, long work) {
    long bytes = functions.stream().mapToLong(each -> each.body().length()).sum();
    long partBytes = Math.max(SMALLEST_PART, bytes / MOST_PARTS);
    CodeMap map = file.codeMap();
    List<Part> parts = new ArrayList<>();
    List<ElfFunction> some = new ArrayList<>();
    long size = 0;
    for (ElfFunction function : functions) {
      some.add(function);
      size += function.body().length();
      if (size >= partBytes) {
        parts.add(new Part(file, map, List.copyOf(some), work * size / bytes));
        some.clear();
        size = 0;
      }
    }
    if (!some.isEmpty()) {
      parts.add(new Part(file, map, some, work * size / bytes));
    }
    return parts;
  }

  /** Some of its functions. */
  private final class Part extends RecursiveTask<FunctionSweep> {
    private static final long serialVersionUID = 1L;

    private final transient CodeFile file;
    private final transient CodeMap map;
    private final transient List<ElfFunction> functions;
    private final long work;

    Part(CodeFile file, CodeMap map, List<ElfFunction> functions, long work) {
      this.file = file;
      this.map = map;
      this.functions = functions;
      this.work = work;
    }

    @Override
    protected FunctionSweep compute() {
      try (FunctionSweep sweep = new FunctionSweep(file, map, options)) {
        functions.forEach(sweep::sweep);
        return sweep;
      } finally {
        progress.advance(work);
      }
    }
  }
}
