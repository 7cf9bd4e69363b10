import * as z from 'zod';

/** What a guide chooses among for a pool. */
export const allocationChoices = {
  mode: z.enum(['pro-rata', 'ranked']),
  residue: z.enum(['keep', 'largest-remainder', 'quota-monotone']),
  unit: z.enum(['fen', 'yuan', 'hundred-yuan', 'ten-thousand-yuan']),
};
