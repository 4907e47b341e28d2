import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

// Served under /app/ by the Flask application; `npx vite` forwards the interface to it.
export default defineConfig({
  base: '/app/',
  plugins: [vue(), components({ resolvers: [ElementPlusResolver()], dts: 'src/components.d.ts' })],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // scripts/build-web puts it into its place once it is whole: a server never sees half of it.
  build: { outDir: 'dist.next', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 700 },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/static': 'http://127.0.0.1:8000' } },
})
