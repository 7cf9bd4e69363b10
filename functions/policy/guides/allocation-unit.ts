import type { AllocationRule } from './guide-schema.ts';

/** The units that a pool may pay in, in fen. Ceilings and shares are whole multiples of their pool's unit. */
export const unitFen = {
  fen: 1,
  yuan: 100,
  'hundred-yuan': 10_000,
  'ten-thousand-yuan': 1_000_000,
} as const satisfies Record<AllocationRule['unit'], number>;
