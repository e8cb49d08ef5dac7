// Which database server it is, as manifests say it.
import type { SourceIdentity } from '../domain/dumps/manifest.ts';
import type { SourceFacts } from '../ports/engine.ts';
import type { TargetSession } from '../ports/remote.ts';

export function identityOf(
  { flavour, serverId, serverUuid, hostName }: Omit<SourceFacts, 'serverVersion' | 'dumpToolVersion'>,
  { hostKeyFingerprint }: TargetSession,
): SourceIdentity {
  return {
    flavour,
    serverId,
    ...(serverUuid === undefined ? {} : { serverUuid }),
    hostName,
    sshHostKey: hostKeyFingerprint,
  };
}
