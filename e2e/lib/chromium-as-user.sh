#!/bin/sh
# Starts Chromium as the unprivileged user VOUCHSAFE_BROWSER_USER; for test runs that are root.
# Chromium keeps its sandbox only when it is not root.
profile=/nonexistent
for argument in "$@"; do
    case $argument in
    --user-data-dir=*)
        profile=${argument#--user-data-dir=}
        chown -R "$VOUCHSAFE_BROWSER_USER:" "$profile"
        ;;
    esac
done
export HOME="$profile" XDG_CONFIG_HOME="$profile" XDG_CACHE_HOME="$profile"
cd / || exit 1
exec setpriv --reuid "$VOUCHSAFE_BROWSER_USER" --regid "$VOUCHSAFE_BROWSER_USER" --clear-groups \
    "$VOUCHSAFE_CHROMIUM" "$@"
