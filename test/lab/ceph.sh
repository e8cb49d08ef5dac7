#!/bin/bash
# Main process of the S3 container: one Ceph monitor, one OSD, one RADOS Gateway, an account and the keys of its owner, made anew at
# every start; the container is thrown away to stop it. Everything listens on 127.0.0.1 of the machine.
#   S3_PORT MON_PORT        chosen by the lab; the OSD takes what is free
#   OWNER_ACCESS_KEY_ID OWNER_SECRET_ACCESS_KEY
#   OBJECT_STORE            memstore (objects in memory) or bluestore (in a sparse file)
#   OBJECT_STORE_BYTES      how much it may hold
set -euo pipefail

state=/srv/ceph
keyring=$state/keyring
fsid=$(cat /proc/sys/kernel/random/uuid)
osd=$(cat /proc/sys/kernel/random/uuid)

mkdir -p /etc/ceph "$state"/{mon,osd,rgw,run,log}
cat > /etc/ceph/ceph.conf <<CONF
[global]
fsid = $fsid
keyring = $keyring
mon_initial_members = a
mon_host = v2:127.0.0.1:$MON_PORT
public_network = 127.0.0.0/8
auth_allow_insecure_global_id_reclaim = false
mon_data = $state/mon
osd_data = $state/osd
rgw_data = $state/rgw
run_dir = $state/run
admin_socket = $state/run/\$name.asok
pid_file = $state/run/\$name.pid
log_file = $state/log/\$name.log
mon_cluster_log_file = $state/log/cluster.log
log_to_stderr = false
# One copy of everything, one placement group a pool: there is nothing to protect.
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
crush_location = root=default host=lab
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
# A full disk of the machine is not the lab's business.
mon_data_avail_warn = 2
mon_data_avail_crit = 1
# Elections and proposals without the pauses that let a real cluster gather changes.
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
osd_objectstore = $OBJECT_STORE
memstore_device_bytes = $OBJECT_STORE_BYTES
bluestore_block_size = $OBJECT_STORE_BYTES
[client]
rgw_frontends = beast endpoint=127.0.0.1:$S3_PORT
rgw_dns_name = localhost
rgw_thread_pool_size = 64
# What is deleted frees its room within seconds; the default is to keep it for hours.
rgw_gc_obj_min_wait = 1
rgw_gc_processor_period = 3
rgw_gc_processor_max_time = 3
CONF

grant() { ceph-authtool "$keyring" --gen-key --name "$@" > /dev/null; }
ceph-authtool --create-keyring "$keyring" --gen-key --name mon. --cap mon 'allow *' > /dev/null
grant client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
grant client.rgw.a --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
grant osd.0 --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd 'allow *'

monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$MON_PORT]" "$state/monmap" > /dev/null
ceph-mon --id a --mkfs --monmap "$state/monmap" --keyring "$keyring"
ceph-mon --id a
ceph osd new "$osd" > /dev/null
ceph-osd --id 0 --mkfs --osd-uuid "$osd" 2> "$state/log/mkfs.log" # asks the monitor, so it has to be up
ceph-osd --id 0 2> "$state/log/osd.log"

# In an account it is as on AWS: its root user may call the IAM API, and objects belong to the account, not to who wrote them.
account=RGW00000000000000001
radosgw-admin --name client.rgw.a account create --account-id "$account" --account-name lab > /dev/null
radosgw-admin --name client.rgw.a user create --uid owner --display-name owner --account-id "$account" --account-root \
  --access-key "$OWNER_ACCESS_KEY_ID" --secret-key "$OWNER_SECRET_ACCESS_KEY" > /dev/null
# The region that a bucket says it lies in.
radosgw-admin --name client.rgw.a zonegroup modify --rgw-zonegroup default --api-name "$REGION" > /dev/null

exec radosgw --name client.rgw.a --foreground
