// Quotation marks, dashes and dots of omission as Chinese sets them: as wide as a letter. Latin faces stand first in the
// list of fonts (.streamlit/config.toml) and have such signs too, narrow ones. So the first face of all is of these signs
// alone, out of whatever Chinese face the reader has, and only Chinese pages have it: components and charts as well.
// The single quotes stay Latin: they are apostrophes of English titles, and Chinese texts have no others.

const FAMILY = "Matinee Signs";
const SIGNS = "U+2014, U+201C-201D, U+2026";
const FACES = [
  ["1 550", ["PingFang SC", "PingFangSC-Regular", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans CJK SC Regular",
    "NotoSansCJKsc-Regular", "Noto Sans SC", "Source Han Sans SC", "SourceHanSansSC-Regular", "WenQuanYi Micro Hei"]],
  ["551 1000", ["PingFang SC Semibold", "PingFangSC-Semibold", "Microsoft YaHei Bold", "Noto Sans CJK SC Bold",
    "NotoSansCJKsc-Bold", "Noto Sans SC Bold", "Source Han Sans SC Bold", "SourceHanSansSC-Bold"]],
];
const faces = FACES.map(([weight, names]) => {
  const source = names.map((name) => `local("${name}")`).join(", ");
  return new FontFace(FAMILY, source, { weight, unicodeRange: SIGNS });
});

export function setSigns(language) {
  for (const face of faces) {
    document.fonts.delete(face);
    if (!language.startsWith("zh")) continue;
    document.fonts.add(face);
    face.load().catch(() => {}); // none of these is here: the signs are those of the next face in the list
  }
}
