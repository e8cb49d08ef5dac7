// Lists of what is usually left out of a copy of a server's files, under names of their own. Only what is made anew, or is somewhere else:
// a preset that is wrong loses files.

export const EXCLUDE_PRESETS = {
  /**
   * With `/` among the paths: what the kernel, the boot and the distribution make anew (Filesystem Hierarchy Standard 3.0: 3.15, 3.18, 5.5, 5.13,
   * 5.15, 6.1), and the layers of images; volumes of containers stay in. What is mounted is left out by `one-file-system`.
   */
  'linux-root': [
    '/dev/',
    '/proc/',
    '/sys/',
    '/run/',
    '/tmp/',
    '/mnt/',
    '/media/',
    '/lost+found/',
    '/swapfile',
    '/swap.img',
    '/var/tmp/',
    '/var/run/',
    '/var/lock/',
    '/var/cache/apt/archives/',
    '/var/cache/dnf/',
    '/var/lib/docker/overlay2/',
    '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/',
    '/var/lib/containers/storage/overlay/',
    '/var/lib/lxcfs/',
  ],
  /** What programs make anew when it is missing; `.cache` by the XDG Base Directory Specification, `var/cache` by the FHS (5.5). */
  caches: ['.cache/', '__pycache__/', '.npm/_cacache/', 'node_modules/.cache/', '.sass-cache/', 'var/cache/'],
  /**
   * What the panel's own backups leave out of a home (docs.cpanel.net, "How to Exclude Files from Backups": the default of
   * /etc/cpbackup-exclude.conf), and the homes once more, as jailed shells see them ("VirtFS - Jailed Shell").
   */
  cpanel: [
    '/home/virtfs/',
    '/home*/*/.cpanel/caches/',
    '/home*/*/.cpanel/datastore/',
    '/home*/*/.cpan/',
    '/home*/*/.cpcpan/',
    '/home*/*/.sqmailattach/',
    '/home*/*/.MirrorSearch',
  ],
  /** docs.plesk.com, "Virtual Host Structure (Linux)": temporary files, logs and their statistics; the content is in the other directories. */
  plesk: ['/var/www/vhosts/*/tmp/', '/var/www/vhosts/system/*/statistics/', '/var/www/vhosts/system/*/logs/'],
  /** docs.apiscp.com, "Backups": all that accounts need is in `shadow` and `info`; `fst` shows `shadow` laid over what is shared. */
  apiscp: ['/home/virtual/*/fst/', '/home/virtual/*/shadow/tmp/', '/home/virtual/*/shadow/var/tmp/'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const PRESET_MARK = 'preset:';

/** The patterns of a line of `exclude`; undefined for a preset that there is not. */
export function patternsOf(text: string): readonly string[] | undefined {
  if (!text.startsWith(PRESET_MARK)) return [text];
  const name = text.slice(PRESET_MARK.length);
  return Object.hasOwn(EXCLUDE_PRESETS, name)
    ? EXCLUDE_PRESETS[name as keyof typeof EXCLUDE_PRESETS]
    : undefined;
}
