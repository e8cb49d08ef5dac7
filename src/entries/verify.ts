// `uses: …/verify`
import { runOnGitHub } from '../platform/on-github.ts';
import { actions } from './actions.ts';

await runOnGitHub(actions.verify);
