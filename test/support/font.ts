import { readFileSync } from 'node:fs';
import { FontFile } from '../../functions/shared/pdf/font-file.ts';

/** The font that lies beside the functions that print. */
export const fontFile = new FontFile(
  readFileSync(
    new URL(
      '../../node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
      import.meta.url,
    ),
  ),
);
