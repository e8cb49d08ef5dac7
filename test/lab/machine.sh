#!/bin/bash
# Main process of another target: a machine of its own with sshd, a database server and gpg of other versions than the host's.
#   DB_FLAVOUR              mariadb or mysql
#   SSH_PORT DB_PORT        on 127.0.0.1 of the machine that runs the lab
#   SESSION_VARIABLES       what sshd sets in every session, NAME=value separated by spaces
#   /lab-keys               host keys and authorized_keys
# The database's administrator is root, over /run/mysqld/mysqld.sock; the user that logs in is `deploy`. Users that are made later log in
# as on any machine, by what is in their homes.
set -euo pipefail

# "*": no password fits, but the account is not locked, which sshd would refuse.
useradd --password '*' --create-home --shell /bin/bash deploy
install -d -m 755 /run/sshd /run/lab /run/lab/authorized_keys
install -d -o mysql -m 755 /run/mysqld /var/log/mysql
# Where newer clients of MariaDB look.
rm -rf /run/mariadbd
ln -s mysqld /run/mariadbd
install -m 644 /lab-keys/authorized_keys /run/lab/authorized_keys/deploy
rm -f /etc/ssh/ssh_host_*
for type in ed25519 rsa; do
  key=/etc/ssh/ssh_host_${type}_key
  install -m 600 "/lab-keys/host_$type" "$key"
  ssh-keygen -y -f "$key" > "$key.pub"
done

# What is added to it counts from the next start on.
options=/run/lab/server.cnf
printf '[mysqld]\ninnodb-flush-log-at-trx-commit=0\n' > "$options"
places=("--defaults-file=$options" --user=mysql --datadir=/var/lib/mysql)
if [[ $DB_FLAVOUR == mysql ]]; then
  mysqld "${places[@]}" --initialize-insecure > /run/lab/install.log 2>&1
  server=(mysqld "${places[@]}" --mysqlx=OFF)
else
  mariadb-install-db "${places[@]}" --skip-test-db > /run/lab/install.log
  server=(mariadbd "${places[@]}" --binlog-format=ROW)
fi
# What was killed is started again.
serve() {
  local status=137
  while [[ $status == 137 ]]; do
    status=0
    "${server[@]}" --socket=/run/mysqld/mysqld.sock --pid-file=/run/mysqld/mysqld.pid \
      --bind-address=127.0.0.1 --port="$DB_PORT" --max-allowed-packet=1G \
      --log-bin=binlog --server-id=4712 --innodb-doublewrite=0 || status=$?
  done
  return "$status"
}
serve &
until "$DB_FLAVOUR" --no-defaults --socket=/run/mysqld/mysqld.sock --execute 'SELECT 1' > /dev/null 2>&1; do
  kill -0 $! || exit 1
  sleep 0.1
done

cat > /run/lab/sshd_config << CONF
Port $SSH_PORT
ListenAddress 127.0.0.1
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_rsa_key
AuthorizedKeysFile /run/lab/authorized_keys/%u .ssh/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
MaxStartups 100
SetEnv $SESSION_VARIABLES
CONF
/usr/sbin/sshd -D -e -f /run/lab/sshd_config &
# When either of the two ends, the machine does.
wait -n
