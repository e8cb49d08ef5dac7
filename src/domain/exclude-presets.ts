// Lists of what is usually left out of a copy of a server's files, under names of their own.

export const EXCLUDE_PRESETS = {
  /** With `/` among the paths: what the kernel, the boot and the distribution make anew. */
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
    '/var/lib/containers/storage/overlay/',
    '/var/lib/lxcfs/',
  ],
  /** What programs make anew when it is missing. */
  caches: ['.cache/', '__pycache__/', '.npm/_cacache/', 'node_modules/.cache/', '.sass-cache/', 'var/cache/'],
  /** Web panels: sessions, caches and statistics below the homes of accounts. */
  cpanel: ['/home/*/tmp/', '/home/*/.cpanel/caches/', '/home/*/.trash/', '/home/virtfs/'],
  plesk: ['/var/www/vhosts/*/tmp/', '/var/www/vhosts/system/*/statistics/', '/var/www/vhosts/system/*/logs/'],
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
