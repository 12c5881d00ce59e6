// Build the widget into build/widget: the loader that pages name, the chat that it fetches at the first opening, a manifest.
// The output depends on the sources and the locked esbuild only, so the integrity values in docs/widget.md can be checked.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const OUT = new URL('../build/widget/', import.meta.url)

const common = { bundle: true, minify: true, write: false, target: ['es2021', 'safari15'], legalComments: 'none', charset: 'utf8', logLevel: 'warning', absWorkingDir: new URL('.', import.meta.url).pathname }

async function make(name, entry, format, define = {}) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], format, define })
  const code = outputFiles[0].contents
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12)
  const packed = gzipSync(code, { level: 9 })
  return {
    code, packed,
    part: {
      file: `${name}.${hash}.js`,
      integrity: 'sha384-' + createHash('sha384').update(code).digest('base64'),
      bytes: code.length,
      compressed: packed.length,
    },
  }
}

const chat = await make('chat', 'src/chat.ts', 'iife')
const loader = await make('widget', 'src/loader.ts', 'iife', {
  CHAT_FILE: JSON.stringify(chat.part.file),
  CHAT_INTEGRITY: JSON.stringify(chat.part.integrity),
})
mkdirSync(OUT, { recursive: true })
for (const old of readdirSync(OUT)) if (/\.(js|gz|json)$/.test(old)) rmSync(new URL(old, OUT))
for (const { code, packed, part } of [chat, loader]) {
  writeFileSync(new URL(part.file, OUT), code)
  writeFileSync(new URL(part.file + '.gz', OUT), packed)
}
writeFileSync(new URL('manifest.json', OUT), JSON.stringify({ loader: loader.part, chat: chat.part }, null, 1) + '\n')

// The tag that pins this build, in the documents.
const DOC = new URL('../docs/widget.md', import.meta.url)
if (existsSync(DOC)) {
  const before = readFileSync(DOC, 'utf8')
  const tag = `<script src="https://HOST/widget/assets/${loader.part.file}"\n        integrity="${loader.part.integrity}"\n        crossorigin="anonymous" async></script>`
  const after = before.replace(/(<!-- pinned -->\n```html\n)[^`]*(\n```)/, (_, head, tail) => head + tag + tail)
  if (after !== before) writeFileSync(DOC, after)
}
console.log(`widget: loader ${loader.part.compressed} bytes, chat ${chat.part.compressed} bytes compressed`)
