#!/bin/sh
# Runs a command with secrets read from files, so that they stand in no compose file and no `docker inspect`.
#
#   with-secrets.sh COMMAND [ARGUMENT...]
#
# For each variable below: X_FILE names a file that holds its value; without it /run/secrets/<x in lower case> is read
# where it exists. A variable that is set already wins over /run/secrets, and together with X_FILE it is a mistake. An
# empty file counts as unset.
set -eu

NAMES='DATABASE_URL REDIS_URL ENCRYPTION_KEY PARTNER_API_KEYS TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN SMSBOWER_API_KEY'
FOLDER=${SECRETS_FOLDER:-/run/secrets}

fail() {
  echo "with-secrets.sh: $1" >&2
  exit 1
}

[ $# -gt 0 ] || fail 'no command given; usage: with-secrets.sh COMMAND [ARGUMENT...]'

for name in $NAMES; do
  # The names come from the list above only, so eval sees no foreign text.
  eval "value=\${$name:-} file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    [ -z "$value" ] || fail "both $name and ${name}_FILE are set; set only one"
    [ -r "$file" ] || fail "$file, named by ${name}_FILE, cannot be read by user $(id -u)"
  elif [ -z "$value" ]; then
    file=$FOLDER/$(echo "$name" | tr '[:upper:]' '[:lower:]')
    [ -e "$file" ] || continue
    [ -r "$file" ] || fail "$file cannot be read by user $(id -u); see the rights of the secret on the host"
  else
    continue
  fi
  value=$(cat "$file")
  [ -z "$value" ] || export "$name=$value"
  unset "${name}_FILE"
done
unset value file name

exec "$@"
