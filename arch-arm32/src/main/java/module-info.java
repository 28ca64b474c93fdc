/**
 * The 32-bit ARM architectures. So far it holds the branch encoding of A32 only: it provides no
 * architecture yet.
 */
@SuppressWarnings("module") // arm32 is the name, digits and all
module io.github.optprobe.arm32 {
  requires static org.jspecify;
}
