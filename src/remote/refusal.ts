// What session.sh says when it cannot start, as an error with advice.
import { LifeboatError } from '../errors.ts';

/** `words` as session.sh sends them: a kind, and what belongs to it. */
export function explainRefusal(words: string): LifeboatError {
  const [kind, ...rest] = words.split(' ');
  const detail = rest.join(' ');
  switch (kind) {
    case 'busy':
      return new LifeboatError(
        'target-busy',
        `another run holds the lock on the target: ${detail || 'it does not say which'}`,
        {
          hint: 'Wait until it has ended. A run whose runner is gone ends within a minute by itself.',
        },
      );
    case 'tools':
      return new LifeboatError('target-tool-missing', `the target lacks ${rest.join(', ')}`, {
        hint: `On Debian and Ubuntu: apt-get install ${debianPackages(rest).join(' ')}`,
      });
    case 'home':
      return new LifeboatError('target-home', `the target ${detail}`, {
        hint: 'The SSH user needs a home directory that it can write to, and a writable /dev/shm or /tmp.',
      });
    default:
      return new LifeboatError('target-protocol', `the target refused to start: ${words}`);
  }
}

const DEBIAN_PACKAGE: Readonly<Record<string, string>> = {
  mariadb: 'mariadb-client',
  'mariadb-dump': 'mariadb-client',
  flock: 'util-linux',
  grep: 'grep',
  sed: 'sed',
  zstd: 'zstd',
  gpg: 'gpg',
};

function debianPackages(tools: readonly string[]): string[] {
  return [...new Set(tools.map((tool) => DEBIAN_PACKAGE[tool] ?? 'coreutils'))];
}
