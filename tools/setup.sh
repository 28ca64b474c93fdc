# Sourced by ./verify and ./optprobe, with the repository root as the current directory.
# Makes sure of a JDK, of Maven and of the three native libraries that the build and the tests use.
# shellcheck shell=sh

# Where this says something, so that ./optprobe keeps its standard output for its answer.
say() {
  printf '%s\n' "optprobe: $*" >&2
}

die() {
  say "$@"
  exit 1
}

# The feature version of the JDK or JRE in $1 (its "release" file), or nothing.
java_feature() {
  [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' "$1/release" | head -n 1
}

# The home of the JDK that Maven and we use: JAVA_HOME, else the java on the PATH.
java_home() {
  if [ -n "${JAVA_HOME:-}" ]; then
    printf '%s\n' "$JAVA_HOME"
    return 0
  fi
  command -v java >/dev/null 2>&1 || return 0
  java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
}

# Sets JDK (its home), JAVA (its launcher) and JDK_FEATURE.
find_java() {
  JDK=$(java_home)
  [ -n "$JDK" ] || die "no java found: install a JDK 17 or later (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless)"
  JAVA=$JDK/bin/java
  [ -x "$JAVA" ] || die "JAVA_HOME=$JDK holds no bin/java: point it at a JDK 17 or later"
  JDK_FEATURE=$(java_feature "$JDK")
  if [ -z "$JDK_FEATURE" ]; then
    JDK_FEATURE=$("$JAVA" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' | head -n 1)
  fi
  [ "${JDK_FEATURE:-0}" -ge 17 ] || die "java ${JDK_FEATURE:-of unknown version} in $JDK is too old: 17 or later is needed"
}

find_compiler() {
  [ -x "$JDK/bin/javac" ] || die "$JDK has no javac: install a JDK, not only a JRE (Debian, Ubuntu: apt-get install openjdk-$JDK_FEATURE-jdk-headless)"
  command -v mvn >/dev/null 2>&1 || die "no mvn found: install Maven 3.8 or later (Debian, Ubuntu: apt-get install maven)"
}

# has_library FILE...: whether one of these shared objects can be loaded.
has_library() {
  for wanted in "$@"; do
    for ldconfig in ldconfig /sbin/ldconfig /usr/sbin/ldconfig; do
      command -v "$ldconfig" >/dev/null 2>&1 || continue
      # Not grep -q: it would close the pipe on ldconfig, which complains.
      if "$ldconfig" -p 2>/dev/null | grep -F "$wanted " >/dev/null; then
        return 0
      fi
      break
    done
    for directory in /usr/lib/*-linux-gnu* /usr/lib64 /usr/lib /usr/local/lib ${LD_LIBRARY_PATH:+$(printf '%s' "$LD_LIBRARY_PATH" | tr ':' ' ')}; do
      if [ -e "$directory/$wanted" ]; then
        return 0
      fi
    done
  done
  return 1
}

has_zydis() {
  has_library libZydis.so.4.1 libZydis.so.4.0
}

has_unicorn() {
  has_library libunicorn.so.2
}

# One that knows x86 too; the ones inside jars know ARM only.
has_capstone() {
  has_library libcapstone.so.4 libcapstone.so.5
}

# The first of the packages that this release offers, or nothing.
offered_package() {
  for package in "$@"; do
    candidate=$(LC_ALL=C apt-cache policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: //p')
    if [ -n "$candidate" ] && [ "$candidate" != "(none)" ]; then
      printf '%s\n' "$package"
      return 0
    fi
  done
}

# Runs a command as root, or fails.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_be_root() {
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

# need CHECK NAME WHY PACKAGE...: installs the first package on offer unless CHECK finds the library.
need() {
  check=$1
  name=$2
  why=$3
  shift 3
  if "$check"; then
    return 0
  fi

  if ! command -v apt-get >/dev/null 2>&1 || ! command -v apt-cache >/dev/null 2>&1; then
    die "$name is missing ($why), and this system has no apt-get: install it by hand and start again"
  fi
  package=$(offered_package "$@")
  by_hand="apt-get update && apt-get install ${package:-PACKAGE, the first on offer of: $*}"
  if [ -n "${OPTPROBE_NO_INSTALL:-}" ]; then
    die "$name is missing ($why), and OPTPROBE_NO_INSTALL forbids installing; as root: $by_hand"
  fi
  can_be_root || die "$name is missing ($why), and this is neither root nor is there a sudo without password; as root: $by_hand"

  if [ -z "$package" ]; then
    say "reading the package lists (apt-get update), as none of them offers $name yet"
    as_root apt-get -q update >"$setup_log" 2>&1 || {
      cat "$setup_log" >&2
      die "apt-get update failed; $name is still missing"
    }
    package=$(offered_package "$@")
    [ -n "$package" ] || die "$name is missing ($why), and this release offers none of: $*; install it by hand and start again"
  fi

  say "installing $package: $why"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$package" >"$setup_log" 2>&1 || {
    # Lists that are too old name files that are gone.
    say "the first try failed; once more with fresh package lists"
    as_root apt-get -q update >>"$setup_log" 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$package" >>"$setup_log" 2>&1
  } || {
    cat "$setup_log" >&2
    die "could not install $package; as root: $by_hand"
  }
  "$check" || die "$package is installed, but $name still can't be found"
}

set_up() {
  find_java
  find_compiler
  setup_log=$(mktemp)
  trap 'rm -f "$setup_log"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  need has_zydis "libZydis 4.0 or 4.1" "it decodes x86 instructions" libzydis4.1 libzydis4.0
  need has_unicorn "libunicorn 2" "it emulates the machines that probes are tried on" libunicorn2t64 libunicorn2
  need has_capstone "libcapstone 4 or 5" "decoders are compared with it" libcapstone4 libcapstone5
  rm -f "$setup_log"
  trap - EXIT INT TERM
}
