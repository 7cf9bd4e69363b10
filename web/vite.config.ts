import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  resolve: {
    // The register is verified by the very code that makes it.
    alias: { 'node:crypto': fileURLToPath(new URL('src/data/node-crypto.ts', import.meta.url)) },
  },
  // Chrome 109 is the last one on Windows 7.
  build: {
    target: ['chrome109', 'firefox115', 'safari16'],
    modulePreload: { polyfill: false },
    // As a data: address, a font or picture would need another rule of the content security policy.
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
});
