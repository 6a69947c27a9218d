#!/bin/sh
# Writes what docker-compose.yml reads from ./secrets: random passwords, the URLs that hold them, and an encryption key.
# What exists is never overwritten. Keep encryption_key: without it codes, texts and provider keys cannot be read again.
set -eu

folder=${1:-secrets}
mkdir -p "$folder"
# Containers read the files as another user; on the host nobody but the owner gets past the folder.
chmod 700 "$folder"
umask 022

random() {
  od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'
}

# write NAME VALUE
write() {
  if [ -e "$folder/$1" ]; then
    echo "kept     $folder/$1"
  else
    printf '%s\n' "$2" >"$folder/$1"
    echo "created  $folder/$1"
  fi
}

write postgres_admin_password "$(random 24)"
write database_password "$(random 24)"
write redis_password "$(random 24)"
write database_url "postgres://smsx:$(cat "$folder/database_password")@postgres:5432/smsx"
write redis_url "redis://:$(cat "$folder/redis_password")@redis:6379"
write encryption_key "$(head -c 32 /dev/urandom | base64)"

# Empty counts as unset: fill in what you use.
for name in partner_api_keys twilio_account_sid twilio_auth_token smsbower_api_key; do
  write "$name" ''
done
