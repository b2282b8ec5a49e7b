import { defineConfig } from "vite";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    // Inlined images would need `data:` in places where the policy has none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // `npx vite` beside a running monitor: JWTRAIL_URL=http://127.0.0.1:4480 npx vite
    proxy: { "/api": { target: process.env["JWTRAIL_URL"] ?? "http://127.0.0.1:4480" } },
  },
});
