#!/usr/bin/env node
// The command line.
import { runOnCommandLine } from '../platform/on-command-line.ts';
import { VERSION } from '../version.ts';
import { actions } from './actions.ts';

await runOnCommandLine(actions, process.argv.slice(2), VERSION);
