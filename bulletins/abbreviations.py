"""How what is written short is read: abbreviations, units, letters."""

#: Of the common ones, the longest is taken first; upper and lower case are told apart.
WORDS: dict[str, str] = {
    "TP.": "thành phố", "TP": "thành phố", "Tp.": "thành phố", "TX.": "thị xã", "P.": "phường", "Q.": "quận", "H.": "huyện",
    "UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân", "MTTQ": "Mặt trận Tổ quốc", "SCT": "Sở Công Thương",
    "QLTT": "quản lý thị trường", "CSGT": "cảnh sát giao thông", "CSĐT": "cảnh sát điều tra", "CA": "công an",
    "NTD": "người tiêu dùng", "BVQLNTD": "bảo vệ quyền lợi người tiêu dùng", "TMĐT": "thương mại điện tử",
    "ATTP": "an toàn thực phẩm", "VSATTP": "vệ sinh an toàn thực phẩm", "TPCN": "thực phẩm chức năng", "TPBVSK": "thực phẩm bảo vệ sức khỏe",
    "BVTV": "bảo vệ thực vật", "GTGT": "giá trị gia tăng", "CCCD": "căn cước công dân", "CMND": "chứng minh nhân dân",
    "STK": "số tài khoản", "SĐT": "số điện thoại", "ĐT": "điện thoại", "MST": "mã số thuế", "SP": "sản phẩm", "NH": "ngân hàng",
    "HSD": "hạn sử dụng", "NSX": "ngày sản xuất", "HTX": "hợp tác xã", "DN": "doanh nghiệp", "DNTN": "doanh nghiệp tư nhân",
    "TNHH": "trách nhiệm hữu hạn", "MTV": "một thành viên", "Công ty CP": "công ty cổ phần", "CTCP": "công ty cổ phần", "VPHC": "vi phạm hành chính",
    "XPHC": "xử phạt hành chính", "QĐ": "quyết định", "NĐ": "nghị định", "TB": "thông báo", "CSKH": "chăm sóc khách hàng",
    "KH&CN": "khoa học và công nghệ", "CNTT": "công nghệ thông tin", "OCOP": "ô cốp", "OTP": "ô tê pê", "PIN": "pin", "QR": "quy a",
    "SMS": "tin nhắn", "AI": "trí tuệ nhân tạo", "ATM": "a tê em", "SIM": "sim", "USB": "u ét bê", "VNeID": "vi en e i đi",
    "app": "ứng dụng", "App": "ứng dụng", "website": "trang mạng", "Website": "trang mạng", "web": "trang mạng", "email": "thư điện tử",
    "Email": "thư điện tử", "e-mail": "thư điện tử", "link": "đường dẫn", "livestream": "phát trực tiếp", "online": "trực tuyến",
    "hotline": "đường dây nóng", "Hotline": "đường dây nóng", "shop": "cửa hàng", "Shop": "cửa hàng", "v.v.": "vân vân", "v.v": "vân vân", "VNĐ": "đồng", "VND": "đồng",
}  # fmt: skip

UNITS: dict[str, str] = {
    "kg": "ki lô gam", "g": "gam", "mg": "mi li gam", "ml": "mi li lít", "l": "lít", "lít": "lít", "km": "ki lô mét", "cm": "xăng ti mét", "mm": "mi li mét",
    "m²": "mét vuông", "m2": "mét vuông", "m": "mét", "°C": "độ xê", "kWh": "ki lô oát giờ",
}  # fmt: skip

LETTERS: dict[str, str] = {
    "A": "a", "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "E": "e", "F": "ép", "G": "giê", "H": "hát", "I": "i", "J": "gi", "K": "ca",
    "L": "lờ", "M": "mờ", "N": "nờ", "O": "o", "P": "pê", "Q": "quy", "R": "rờ", "S": "sờ", "T": "tê", "U": "u", "V": "vê",
    "W": "vê kép", "X": "ích", "Y": "i dài", "Z": "dét",
}  # fmt: skip
