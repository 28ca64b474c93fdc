package io.github.optprobe.x86;

import java.util.List;

/** The same for x86-32. */
final class PokeProtocol32Test extends PokeProtocolTest {
  @Override
  List<Snippet> snippets() {
    return Snippet.all32();
  }
}
