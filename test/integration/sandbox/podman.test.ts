import { describeSandbox } from '../../contracts/sandbox-contract.ts';
import { startPodmanForSandboxes } from '../../lab/sandbox-engines.ts';

describeSandbox('podman', startPodmanForSandboxes);
