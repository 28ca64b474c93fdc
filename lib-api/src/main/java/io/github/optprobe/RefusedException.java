package io.github.optprobe;

/** A probe was refused. The text is untouched. Carries the {@link Refusal}. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. Records of strings and numbers only, but refusals are not meant to be serialised. */
  private final transient Refusal refusal;

  /** Creates an exception whose message is the refusal's {@link Refusal#message()}. */
  public RefusedException(Refusal refusal) {
    super(refusal.message());
    this.refusal = refusal;
  }

  /** Why. */
  public Refusal refusal() {
    return refusal;
  }
}
