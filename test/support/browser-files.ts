import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** A browser's program, with the libraries and fonts that it needs beside what the machine has. */
export interface BrowserFiles {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Unpacks the browser that comes as a package, once: four seconds. A machine without NSS, expat or a single font runs it all
 * the same. Chinese is drawn with a font that is a package too, so that pictures look alike everywhere.
 */
export async function unpackBrowser(): Promise<BrowserFiles> {
  const home = join(cache, 'chromium-153');
  if (!existsSync(home)) {
    const making = `${home}.${process.pid}`;
    mkdirSync(making, { recursive: true });
    const temporary = process.env['TMPDIR'];
    // The package unpacks into the folder for temporary files, wherever that is.
    process.env['TMPDIR'] = making;
    try {
      const bin = join(packages, '@sparticuz', 'chromium', 'bin');
      await Promise.all([inflate(join(bin, 'chromium.br')), inflate(join(bin, 'al2023.tar.br'))]);
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
    }
    const font = join(packages, '@expo-google-fonts', 'noto-sans-sc');
    writeFileSync(
      join(making, 'fonts.conf'),
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${join(font, '400Regular')}</dir><dir>${join(font, '700Bold')}</dir>
<cachedir>${join(home, 'font-cache')}</cachedir></fontconfig>\n`,
    );
    try {
      renameSync(making, home);
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      // Somebody else was faster.
      if (!existsSync(home)) throw error;
    }
  }
  return {
    program: join(home, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
      HOME: home,
    },
  };
}
