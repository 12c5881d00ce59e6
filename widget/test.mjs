// Run the unit tests: each src/*.test.ts is bundled, then given to Node's own test runner.
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const here = new URL('.', import.meta.url).pathname
const out = new URL('../build/widget-tests', import.meta.url).pathname
rmSync(out, { recursive: true, force: true })
const tests = readdirSync(here + 'src').filter((name) => name.endsWith('.test.ts')).map((name) => `${here}src/${name}`)
await build({ entryPoints: tests, bundle: true, platform: 'node', format: 'esm', outdir: out, outExtension: { '.js': '.mjs' }, logLevel: 'warning' })
process.exit(spawnSync(process.execPath, ['--test', ...readdirSync(out).map((name) => `${out}/${name}`)], { stdio: 'inherit' }).status ?? 1)
