package io.github.optprobe.testkit.conformance;

import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/**
 * Makes the tests of a {@link ConformanceKit} report by rule. A failure begins with the rule's
 * number, grade and sentence, and says where its reason stands and how to try it alone. Behind the
 * class the totals are printed, and published as the report entry {@value #ENTRY}. A test method
 * may have the {@link KitReport} as a parameter, to count in it.
 *
 * <p>The thing under test is named after the class that extends the kit, without what says that it
 * is a test. Thread-safe.
 */
@SuppressWarnings("exports") // Who extends the kit has JUnit.
public final class KitReporting
    implements BeforeAllCallback,
        AfterAllCallback,
        ParameterResolver,
        TestExecutionExceptionHandler,
        TestWatcher {
  /** The key of the report entry that has the totals. */
  public static final String ENTRY = "conformance";

  /** The system property that keeps the totals from being printed, for tests of the kit itself. */
  public static final String QUIET = "optprobe.kit.quiet";

  private static final Namespace NAMESPACE = Namespace.create(KitReporting.class);
  private static final Pattern TEST = Pattern.compile("(Conformance)?(Test|IT)?$");

  /** For JUnit. */
  public KitReporting() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Class<?> test = context.getRequiredTestClass();
    String kind = test.getAnnotation(ConformanceKit.class).value();
    String name = TEST.matcher(test.getSimpleName()).replaceFirst("");
    context
        .getStore(NAMESPACE)
        .put(KitReport.class, new KitReport(kind, name, KitReport.configuredSeed()));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    String totals = report(context).totals();
    if (!Boolean.getBoolean(QUIET)) {
      System.out.println(totals);
    }
    context.publishReportEntry(ENTRY, totals);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == KitReport.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return report(context);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    Optional<KitRule> rule = rule(context);
    if (rule.isEmpty() || failure instanceof TestAbortedException) {
      throw failure;
    }
    throw new AssertionError(message(rule.get(), context, failure), failure);
  }

  private static String message(KitRule rule, ExtensionContext context, Throwable failure) {
    String what = failure instanceof AssertionError ? failure.getMessage() : "failed by " + failure;
    return """
        %s
          %s
          why: testkit/RULES.md#%s
          alone: mvn test -Dtest='%s#%s' -Doptprobe.seed=0x%x\
        """
        .formatted(
            rule,
            what,
            rule.anchor(),
            context.getRequiredTestClass().getSimpleName(),
            rule.method(),
            report(context).seed());
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    rule(context).ifPresent(report(context)::passed);
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    rule(context).ifPresent(report(context)::failed);
  }

  @Override
  public void testAborted(ExtensionContext context, Throwable cause) {
    rule(context)
        .ifPresent(rule -> report(context).skipped(rule, String.valueOf(cause.getMessage())));
  }

  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    rule(context).ifPresent(rule -> report(context).skipped(rule, reason.orElse("disabled")));
  }

  private static Optional<KitRule> rule(ExtensionContext context) {
    return context.getTestMethod().flatMap(method -> KitRule.of(method.getName()));
  }

  /** That of the class, which its methods see too. */
  private static KitReport report(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(KitReport.class, KitReport.class);
  }
}
