# Shared by the launcher of a checkout (baton) and of a distribution (bin/baton). POSIX sh; sourced, never run.

# Prints the folder that holds $1, symbolic links followed.
folder_of() {
  file=$1
  while [ -L "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  (cd "$(dirname "$file")" && pwd -P)
}

# True where the folder $1 is a Java 25. Its `release` file says so; no JVM is started.
is_java25() {
  [ -x "$1/bin/java" ] && grep -q '^JAVA_VERSION="25[".+-]' "$1/release" 2>/dev/null
}

# Sets java_home to a Java 25, or says what to install and ends.
find_java25() {
  if [ -n "${JAVA_HOME:-}" ] && is_java25 "$JAVA_HOME"; then
    java_home=$JAVA_HOME
    return
  fi
  if on_path=$(command -v java); then
    java_home=$(dirname "$(folder_of "$on_path")")
    if is_java25 "$java_home"; then return; fi
  fi
  for java_home in \
    "${JAVA25_HOME:-}" \
    /usr/lib/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* \
    /opt/* /opt/*/*; do
    if is_java25 "$java_home"; then return; fi
  done
  echo "baton: needs Java 25 and found none; install one (for example Temurin 25) or set JAVA_HOME to it" >&2
  exit 1
}

# What a JVM needs that runs Baton; $1: broker or command. Options decide whether a cache of it can be used.
jvm_options() {
  if [ "$1" = broker ]; then
    options=${JAVA_ARGS:--XX:+UseG1GC}
  else
    options="-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
  fi
}

# Sets class_path to the jars of $1, always in the same order: a cache is for one class path.
class_path_of() {
  class_path=
  for jar in "$1"/*.jar; do class_path=$class_path${class_path:+:}$jar; done
}

# train LIB: makes the caches that let brokers and commands start faster, by a pair's life that takes some
# seconds. Baton runs without them, so it is no error if there is no room for them.
# An AOT cache also keeps what the JVM learned of hot code, which a broker needs at once after a take-over;
# but it leaves out classes as old as those of picocli, so commands have a class archive instead.
train() {
  find_java25
  train_one "$1" command.jsa -XX:ArchiveClassesAtExit=
  train_one "$1" broker.aot -XX:AOTCacheOutput=
}

train_one() {
  class_path_of "$1"
  jvm_options "${2%.*}"
  # shellcheck disable=SC2086
  if "$java_home/bin/java" --enable-native-access=ALL-UNNAMED $options "$3$1/$2.new" -Xlog:disable \
    -cp "$class_path" io.batonmq.cli.Training >"$1/$2.log" 2>&1 &&
    grep -qx trained "$1/$2.log" && [ -f "$1/$2.new" ]; then
    mv "$1/$2.new" "$1/$2"
    rm -f "$1/$2.log"
  else
    rm -f "$1/$2.new"
    echo "baton: no cache for a faster start ($1/$2.log says why); all else works" >&2
  fi
}

# launch LIB HOME ARGS...: becomes the JVM, so that signals reach it.
# A broker (run) takes its options from JAVA_ARGS, which HOME/etc/baton.profile may set, and then from
# BATON_JAVA_OPTS; every other command is short and starts fast. Both variables are split at spaces.
launch() {
  lib=$1 home=$2
  shift 2
  find_java25
  kind=command
  if [ "${1:-}" = run ]; then
    kind=broker
    if [ -f "$home/etc/baton.profile" ]; then . "$home/etc/baton.profile"; fi
  fi
  jvm_options $kind
  class_path_of "$lib"
  # A cache that does not fit (another JVM, other options) is left unused without a word; with
  # BATON_NO_CACHE=yes none is used.
  if [ -n "${BATON_NO_CACHE:-}" ]; then
    :
  elif [ $kind = broker ] && [ -f "$lib/broker.aot" ]; then
    options="-XX:AOTCache=$lib/broker.aot -Xlog:aot=off -Xlog:cds=off $options"
  elif [ $kind = command ] && [ -f "$lib/command.jsa" ]; then
    options="-XX:SharedArchiveFile=$lib/command.jsa -Xlog:aot=off -Xlog:cds=off $options"
  fi
  # shellcheck disable=SC2086
  exec "$java_home/bin/java" --enable-native-access=ALL-UNNAMED $options ${BATON_JAVA_OPTS:-} \
    "-Dbaton.home=$home" -cp "$class_path" io.batonmq.cli.Main "$@"
}
