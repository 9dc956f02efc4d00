/** Reads where and when a photo was taken out of its EXIF block, on the phone, before anything is sent. */

export interface Taken {
  lat?: number;
  lon?: number;
  at?: string;
}

const GPS_POINTER = 0x8825;
const EXIF_POINTER = 0x8769;
const TAKEN_AT = 0x9003;
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

class Tiff {
  private readonly little: boolean;

  constructor(
    private readonly view: DataView,
    private readonly start: number,
  ) {
    this.little = view.getUint16(start) === 0x4949;
  }

  short(at: number): number {
    return this.view.getUint16(this.start + at, this.little);
  }

  long(at: number): number {
    return this.view.getUint32(this.start + at, this.little);
  }

  /** Tag → where its value lies and how many there are. */
  directory(at: number): Map<number, { at: number; count: number }> {
    const entries = new Map<number, { at: number; count: number }>();
    const most = Math.min(this.short(at), 200);
    for (let i = 0; i < most; i += 1) {
      const entry = at + 2 + i * 12;
      const count = this.long(entry + 4);
      const bytes = (SIZES[this.short(entry + 2)] ?? 1) * count;
      entries.set(this.short(entry), { at: bytes > 4 ? this.long(entry + 8) : entry + 8, count });
    }
    return entries;
  }

  text(at: number, count: number): string {
    let text = "";
    for (let i = 0; i < Math.min(count, 40); i += 1) {
      const code = this.view.getUint8(this.start + at + i);
      if (code) text += String.fromCharCode(code);
    }
    return text;
  }

  degrees(at: number): number {
    const part = (i: number): number => this.long(at + 8 * i) / (this.long(at + 8 * i + 4) || 1);
    return part(0) + part(1) / 60 + part(2) / 3600;
  }
}

function tiffStart(view: DataView): number {
  if (view.byteLength < 16) return -1;
  if (view.getUint16(0) !== 0xffd8) return heicStart(view);
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if (marker === 0xda) return -1;
    at += 2 + view.getUint16(at + 2);
  }
  return -1;
}

/** HEIC keeps the same block in its "Exif" item; its beginning is found by its signature. */
function heicStart(view: DataView): number {
  if (view.getUint32(4) !== 0x66747970) return -1;
  for (let at = 8; at + 14 < view.byteLength; at += 1) {
    if (view.getUint32(at) === 0x45786966 && view.getUint16(at + 4) === 0) {
      const order = view.getUint16(at + 6);
      if (order === 0x4949 || order === 0x4d4d) return at + 6;
    }
  }
  return -1;
}

/** Where and when, as far as the photo tells; never throws on a broken file. */
export async function readTaken(file: Blob): Promise<Taken> {
  try {
    const view = new DataView(await file.slice(0, 256 * 1024).arrayBuffer());
    const start = tiffStart(view);
    if (start < 0) return {};
    const tiff = new Tiff(view, start);
    const root = tiff.directory(tiff.long(4));
    return { ...placeOf(tiff, root), ...timeOf(tiff, root) };
  } catch {
    return {};
  }
}

type Directory = ReturnType<Tiff["directory"]>;

function placeOf(tiff: Tiff, root: Directory): Taken {
  const pointer = root.get(GPS_POINTER);
  if (!pointer) return {};
  const gps = tiff.directory(tiff.long(pointer.at));
  const [latRef, lat, lonRef, lon] = [1, 2, 3, 4].map((tag) => gps.get(tag));
  if (!latRef || !lat || !lonRef || !lon) return {};
  const north = tiff.text(latRef.at, 1) === "S" ? -1 : 1;
  const east = tiff.text(lonRef.at, 1) === "W" ? -1 : 1;
  const place = { lat: north * tiff.degrees(lat.at), lon: east * tiff.degrees(lon.at) };
  const known = Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180 && (place.lat !== 0 || place.lon !== 0);
  return known ? place : {};
}

function timeOf(tiff: Tiff, root: Directory): Taken {
  const pointer = root.get(EXIF_POINTER);
  const taken = pointer && tiff.directory(tiff.long(pointer.at)).get(TAKEN_AT);
  if (!taken) return {};
  const match = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(tiff.text(taken.at, taken.count));
  return match ? { at: `${match[1]}-${match[2]}-${match[3]}T${match[4]}` } : {};
}
