package io.github.optprobe.examples.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code optprobe explain}: what would become of a probe at one place, and why. */
@Command(
    name = "explain",
    description = {
      "Say what would become of a probe at one place, and why.",
      "Shows the code around it (> the probe, | what a jump overwrites, ! what a refusal is about),"
          + " the verdict on each tier with the bytes that would be written, and the probe as it"
          + " would stand in the text. Leaves with 1 if no probe can stand there.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  optprobe explain /usr/lib/x86_64-linux-gnu/libz.so.1 crc32",
      "  optprobe explain libfoo.so main_loop+0x1c",
      "  optprobe explain libfoo.so 0x1234 --json",
      "  optprobe explain --isa x86-64 --hex '55 48 89 e5 31 c0 c3'",
      "  optprobe explain --isa t32 --hex '01 20 70 47' --at 0x8000",
    })
public final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "An ELF library or program.")
  private @Nullable Path file;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PLACE",
      description = "symbol, symbol+offset or 0xADDRESS; addresses are the file's own.")
  private @Nullable String place;

  @Option(
      names = "--hex",
      paramLabel = "BYTES",
      description =
          "Take these bytes, in memory order, for a function, and explain its first instruction.")
  private @Nullable String hex;

  @Option(
      names = "--at",
      paramLabel = "ADDRESS",
      description = "Where the bytes lie; 0x10000 without it.")
  private @Nullable String at;

  @Option(
      names = "--isa",
      paramLabel = "ISA",
      description = "x86-64, x86-32, a32 or t32; of a file only where it does not tell.")
  private @Nullable String isa;

  @Option(names = "--json", description = "Write one JSON object.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show all of a detour buffer.")
  private boolean verbose;

  @Spec private @Nullable CommandSpec spec;

  /** Creates the command. */
  public ExplainCommand() {}

  @Override
  public Integer call() {
    Question question = question();
    Question.Answer answer = question.ask();
    Streams streams = Streams.of(spec);
    if (json) {
      new ExplainJson(streams.out()).print(question, answer);
    } else {
      new ExplainText(streams.out(), verbose).print(question, answer);
    }
    streams.finish();
    ExitCode code = answer.explanation().isProbeable() ? ExitCode.OK : ExitCode.FOUND;
    return code.number();
  }

  private Question question() {
    QuestionReader reader = new QuestionReader(Optional.ofNullable(isa));
    if (hex != null) {
      if (file != null) {
        throw CommandFailure.usage("give a file or --hex, not both: " + file);
      }
      return reader.ofBytes(HexBytes.parse(hex), at == null ? "0x10000" : at);
    }
    if (at != null) {
      throw CommandFailure.usage("--at belongs to --hex; a file's addresses are its own");
    }
    if (file == null || place == null) {
      throw CommandFailure.usage("give a file and a place in it, or --isa and --hex");
    }
    return reader.ofFile(file, place);
  }
}
