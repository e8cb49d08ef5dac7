import { describeSandbox } from '../../contracts/sandbox-contract.ts';
import { startDockerForSandboxes } from '../../lab/sandbox-engines.ts';

describeSandbox('docker', startDockerForSandboxes);
