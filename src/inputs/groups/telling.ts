// Inputs that say how much a run tells.
import { field, group } from '../field.ts';
import { choice } from '../kinds.ts';

export const LOG_LEVELS = ['debug', 'info', 'warning'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const tellingInputs = group('Telling', {
  'log-level': field(choice(...LOG_LEVELS), {
    description: 'How much the log says. Secrets are never in it.',
    default: 'info',
  }),
});
