// Unpack the Chromium that @sparticuz/chromium carries, with the libraries and the font that it brings along.
// Usage: node unpack.mjs DIRECTORY TARGET     (DIRECTORY has node_modules)
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

const [directory, target] = process.argv.slice(2);
const packed = join(directory, "node_modules", "@sparticuz", "chromium", "bin");
// Relative, so that the environment may be moved; and no font of this machine, so that pages look the same everywhere.
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
`;

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const name of ["al2023", "fonts"]) {
  const archive = brotliDecompressSync(readFileSync(join(packed, `${name}.tar.br`)));
  execFileSync("tar", ["--extract", "--no-same-owner", "--directory", target], { input: archive });
}
writeFileSync(join(target, "fonts.conf"), FONTS);
writeFileSync(join(target, "chromium"), brotliDecompressSync(readFileSync(join(packed, "chromium.br"))), { mode: 0o755 });
rmSync(packed, { recursive: true });
