package io.github.optprobe.model;

import io.github.optprobe.text.AddressRange;
import io.github.optprobe.toy.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes up operations; most of them concern probes that are there. */
final class RandomSequence {
  /** Close together, so that windows overlap. */
  private static final int ADDRESSES = 8;

  private static final Plan.Kind[] ODD = {
    Plan.Kind.UP_TO_BOOSTED,
    Plan.Kind.UP_TO_SINGLE_STEP,
    Plan.Kind.WITH_POST_HANDLER,
    Plan.Kind.DISABLED,
    Plan.Kind.DISABLED_WITH_POST_HANDLER,
    Plan.Kind.NESTING,
    Plan.Kind.RETURN
  };

  private final Program program;
  private final Random random;
  private final List<Integer> live = new ArrayList<>();
  private int next;

  RandomSequence(Program program, Random random) {
    this.program = program;
    this.random = random;
  }

  List<Operation> operations(int count) {
    List<Operation> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(operation());
    }
    return all;
  }

  private Operation operation() {
    return switch (random.nextInt(16)) {
      case 0, 1 -> new Operation.Run();
      case 2 -> runWithChanges();
      case 3, 4, 5 -> new Operation.RunOptimizer(random.nextInt(4) == 0);
      case 6 -> removeText();
      default -> change();
    };
  }

  /** What may also happen in the middle of a run. */
  private Operation change() {
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> new Operation.Register(List.of(plan()));
      case 4, 5 -> new Operation.Register(batch());
      case 6, 7 -> new Operation.Unregister(leave(1));
      case 8 -> new Operation.Unregister(leave(2 + random.nextInt(3)));
      case 9, 10 -> new Operation.Enable(pick(), false);
      case 11, 12 -> new Operation.Enable(pick(), true);
      case 13 -> new Operation.ArmAll(random.nextInt(3) != 0);
      case 14 -> new Operation.Optimizing(random.nextInt(3) != 0);
      default -> reservation();
    };
  }

  private Plan plan() {
    int id = next++;
    live.add(id);
    Plan.Kind kind = random.nextInt(2) == 0 ? ODD[random.nextInt(ODD.length)] : Plan.Kind.PLAIN;
    return new Plan(id, kind == Plan.Kind.RETURN ? program.asm().at("sub") : address(), kind);
  }

  private List<Plan> batch() {
    List<Plan> plans = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i >= 0; i--) {
      plans.add(plan());
    }
    if (random.nextInt(4) == 0) {
      long behind = program.asm().here();
      plans.add(random.nextInt(plans.size() + 1), new Plan(next++, behind, Plan.Kind.REFUSED));
    }
    return plans;
  }

  private long address() {
    List<Long> addresses = program.addresses();
    return addresses.get(random.nextInt(Math.min(ADDRESSES, addresses.size())));
  }

  private int pick() {
    return live.isEmpty() ? -1 : live.get(random.nextInt(live.size()));
  }

  private List<Integer> leave(int count) {
    List<Integer> ids = IntStream.range(0, count).map(i -> pick()).distinct().boxed().toList();
    live.removeAll(ids);
    return ids;
  }

  private Operation reservation() {
    return random.nextBoolean()
        ? new Operation.Reserve(random.nextInt(3), range(2))
        : new Operation.EndReservation(random.nextInt(3));
  }

  private Operation removeText() {
    return new Operation.RemoveText(range(10));
  }

  /** A range of whole instructions. */
  private AddressRange range(int atMost) {
    long halt = program.asm().at("sub") - 1;
    long first = Math.min(address(), halt);
    long atLeast = Math.min(first + random.nextInt(atMost), halt);
    long end =
        program.addresses().stream().filter(each -> each > atLeast).findFirst().orElseThrow();
    return new AddressRange(first, end - 1);
  }

  private Operation runWithChanges() {
    List<Operation.Stop> stops = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      stops.add(new Operation.Stop(random.nextInt(12), change()));
    }
    return new Operation.RunWithChanges(stops);
  }
}
