package io.github.optprobe.testkit.conformance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks the abstract class that holds the rules for one sort of thing: its outcomes are collected
 * in a {@link KitReport}, and its failures begin with the rule.
 */
@SuppressWarnings("exports") // Who extends the kit has JUnit.
@Documented
@Inherited
@ExtendWith(KitReporting.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConformanceKit {
  /** The sort of thing, such as {@code text memory}. */
  String value();
}
