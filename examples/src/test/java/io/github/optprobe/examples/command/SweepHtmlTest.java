package io.github.optprobe.examples.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.examples.command.SweepResult.Example;
import io.github.optprobe.examples.command.SweepResult.FunctionResult;
import io.github.optprobe.examples.command.SweepResult.Kind;
import io.github.optprobe.examples.command.SweepResult.Swept;
import io.github.optprobe.examples.command.Tally.Count;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SweepHtmlTest {
  private static final String NASTY = "<script>&\"'\u0000\u001b[31m\ud800\uffff]]>";

  @Test
  void the_page_is_well_formed_and_needs_nothing_else(@TempDir Path directory) throws Exception {
    Path page = directory.resolve("page.html");

    Ran ran = Ran.optprobe("sweep", "--html", page.toString(), Ran.FILES.toString());

    assertThat(ran.exitCode()).isEqualTo(1);
    String html = Files.readString(page);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("prefers-color-scheme: dark")
        .doesNotContain("http", "src=", "href=", "url(", "@import", "<script");
    String style = html.substring(html.indexOf("<style>"), html.indexOf("</style>"));
    assertThat(style).as("a browser reads no entities there").doesNotContain("&");
    Document document = parse(html);
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(1);
    assertThat(texts(document, "summary")).anyMatch(each -> each.contains("tiny-t32.so"));
    assertThat(texts(document, "td")).contains("not asked", "t32");
    assertThat(texts(document, "h3")).contains("No jump: BRANCH_INTO_WINDOW");
  }

  /** It says what the JSON says: it is made of the same results. */
  @Test
  void the_chart_has_a_bar_for_each_reason(@TempDir Path directory) throws Exception {
    Path page = directory.resolve("page.html");

    Ran ran = Ran.optprobe("sweep", "--json", "--html", page.toString(), Ran.file("tiny-dead.so"));

    assertThat(ran.out()).contains("\"notOptimizedBy\":{\"WINDOW_LEAVES_FUNCTION\":2}");
    Document document = parse(Files.readString(page));
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(1);
    assertThat(texts(document, "text")).containsExactly("WINDOW_LEAVES_FUNCTION", "2");
    assertThat(((Element) document.getElementsByTagName("rect").item(0)).getAttribute("width"))
        .isEqualTo("420.0");
  }

  @Test
  void nothing_that_a_file_says_becomes_markup() throws Exception {
    Document document = parse(page(1));

    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(texts(document, "pre").get(0)).startsWith("<script>&\"'\ufffd\ufffd[31m");
  }

  @Test
  void of_very_many_functions_those_with_the_fewest_jumps_are_shown() throws Exception {
    Document document = parse(page(1500));

    assertThat(texts(document, "summary").get(0)).contains("the 1000 of 1500");
    List<String> cells = texts(document, "td");
    assertThat(cells).anyMatch(each -> each.endsWith("at 0x5db"));
    assertThat(cells).noneMatch(each -> each.endsWith("at 0x1f3"));
  }

  @Test
  void a_sweep_of_nothing_is_a_page_too() throws Exception {
    StringWriter out = new StringWriter();
    SweepHtml html = new SweepHtml(out);
    html.end(new SweepTotals(true));

    assertThat(texts(parse(out.toString()), "p")).contains("Nothing was refused.");
  }

  /** Functions whose names are nasty: number n is at n and has n instructions without a jump. */
  private static String page(int functions) {
    List<FunctionResult> results =
        IntStream.range(0, functions)
            .mapToObj(n -> new FunctionResult(NASTY, "x86-64", n, 1, tally(n)))
            .toList();
    Example example =
        new Example(Kind.REFUSED, NASTY, Path.of("it"), NASTY, "x86-64", 0, 0, NASTY, NASTY, NASTY);
    TreeMap<String, Tally> sets = new TreeMap<>();
    sets.put("x86-64", tally(3));
    Swept swept = new Swept(Path.of("it"), results, sets, List.of(example), List.of());
    SweepTotals totals = new SweepTotals(false);
    totals.add(swept);
    StringWriter out = new StringWriter();
    SweepHtml html = new SweepHtml(out);
    html.file(swept);
    html.end(totals);
    return out.toString();
  }

  private static Tally tally(int instructions) {
    Tally tally = new Tally();
    tally.add(Count.BOUNDARIES, instructions);
    tally.addRefused(NASTY);
    return tally;
  }

  private static Document parse(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html.getBytes(UTF_8)));
  }

  private static List<String> texts(Document document, String element) {
    NodeList found = document.getElementsByTagName(element);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }
}
