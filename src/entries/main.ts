// The root action: runs the action that the input `command` names.
import { runCommandOnGitHub } from '../platform/on-github.ts';
import { actions } from './actions.ts';

await runCommandOnGitHub(actions);
