package io.github.optprobe;

import io.github.optprobe.text.AddressRange;
import java.util.List;

/** Refusals that are about the place asked for and not about the instruction there. */
public sealed interface PlaceRefusal extends Refusal {

  /** No symbol of that name is known. The culprit has no address. */
  record UnknownSymbol(Culprit culprit, SymbolOffset place) implements PlaceRefusal {
    @Override
    public String code() {
      return "UNKNOWN_SYMBOL";
    }

    @Override
    public String rule() {
      return "the symbol resolver knows no symbol for " + place;
    }

    @Override
    public String advice() {
      return "Check the spelling, and that the code is loaded; or give an address.";
    }
  }

  /** Several symbols have that name. The culprit is the first of them. */
  record AmbiguousSymbol(Culprit culprit, SymbolOffset place, List<CodeAddress> found)
      implements PlaceRefusal {
    /** Creates a refusal. */
    public AmbiguousSymbol {
      found = List.copyOf(found);
    }

    @Override
    public String code() {
      return "AMBIGUOUS_SYMBOL";
    }

    @Override
    public String rule() {
      return "%s is the name of %d symbols: %s".formatted(place, found.size(), found);
    }

    @Override
    public String advice() {
      return "Name the module, or give the address.";
    }
  }

  /** The offset leads behind the end of the symbol. The culprit is the symbol. */
  record OffsetOutsideSymbol(Culprit culprit, SymbolOffset place, long size)
      implements PlaceRefusal {
    @Override
    public String code() {
      return "OFFSET_OUTSIDE_SYMBOL";
    }

    @Override
    public String rule() {
      return "%s is outside of the symbol, which has %d bytes".formatted(place, size);
    }

    @Override
    public String advice() {
      return "Name the symbol that the place is in.";
    }
  }

  /** The bytes that would be overwritten are blacklisted. */
  record Blacklisted(Culprit culprit, AddressRange range, String reason) implements PlaceRefusal {
    @Override
    public String code() {
      return "BLACKLISTED";
    }

    @Override
    public String rule() {
      return "%s is blacklisted: %s".formatted(range, reason);
    }

    @Override
    public String advice() {
      return "Probe its callers instead.";
    }
  }

  /** Bytes that would be overwritten are patched by somebody else. */
  record Reserved(Culprit culprit, AddressRange range, String owner) implements PlaceRefusal {
    @Override
    public String code() {
      return "RESERVED";
    }

    @Override
    public String rule() {
      return "%s is reserved by %s, who patches it too".formatted(range, owner);
    }

    @Override
    public String advice() {
      return "Probe an instruction that shares no byte with it.";
    }
  }

  /** A return probe is wanted in the middle of a function. */
  record NotFunctionEntry(Culprit culprit, String function) implements PlaceRefusal {
    @Override
    public String code() {
      return "NOT_FUNCTION_ENTRY";
    }

    @Override
    public String rule() {
      return "a return probe stands at the entry of a function, and this is inside " + function;
    }

    @Override
    public String advice() {
      return "Give the address at which the function starts.";
    }
  }

  /** The architecture does not say how calls return. */
  record NoReturnProbes(Culprit culprit) implements PlaceRefusal {
    @Override
    public String code() {
      return "NO_RETURN_PROBES";
    }

    @Override
    public String rule() {
      return "the architecture %s offers no return probes"
          .formatted(culprit.address().instructionSet().name());
    }

    @Override
    public String advice() {
      return "Put kprobes on the function's return instructions.";
    }
  }
}
