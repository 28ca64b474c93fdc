package io.github.optprobe.testkit.fuzz;

/**
 * One thing that an oracle objects to. What has the same category, subject and shape is one bin.
 *
 * @param category what kind of thing, in capitals, such as {@code "LENGTH"}
 * @param subject who is concerned, such as {@code "zydis/capstone"}
 * @param shape what it looks like, without numbers that differ from case to case, such as {@code
 *     "jmp/jmp"}
 * @param usedBytes how many bytes from the first one on can have a part in it
 */
public record Finding(String category, String subject, String shape, int usedBytes) {

  /** The name of its bin. */
  public String bin() {
    return category + " " + subject + " " + shape;
  }
}
