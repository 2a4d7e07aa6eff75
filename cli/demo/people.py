"""Forty fictional holders, with names in the scripts that pages must display. Addresses end in `.example` (RFC
2606)."""

from __future__ import annotations

from chalicelib.credential.build import Holder

_NAMES = """
amina.diallo        Amina Diallo
bjorn.aasen         Bjørn Åsen
carmen.ibanez       Carmen Ibáñez Núñez
deirdre.oshea       Deirdre O’Shea
ewa.zolc            Ewa Żółć-Brzęczyszczykiewicz
farid.haddad        فريد حدّاد
gulsah.yildiz       Gülşah Yıldız
hana.suzuki         鈴木 はな
isaac.ben-ami       יצחק בן־עמי
jiho.park           박지호
katerina.doukas     Κατερίνα Δούκα
lwazi.nkosi         Lwazi Nkosi
mei.chen            陈美
nino.beridze        ნინო ბერიძე
olena.kovalenko     Олена Коваленко
priya.raman         பிரியா ராமன்
quynh.tran          Trần Thị Quỳnh
rohan.deshpande     रोहन देशपांडे
siobhan.mac         Siobhán Mac an tSaoir
tigran.hakobyan     Տիգրան Հակոբյան
ulla.korhonen       Ulla-Maija Korhonen
vaclav.rihak        Václav Řihák
wanjiru.kamau       Wanjirũ Kamau
xavier.da-silva     Xavier da Silva e Souza Neto
yusuf.demir         Yusuf Demir
zahra.rostami       زهرا رستمی
abeba.tesfaye       አበባ ተስፋዬ
beatriz.falcao      Beatriz Falcão
chanthou.sok        សុខ ចាន់ធូ
dmitri.orlov        Дмитрий Орлов
elif.aydin          Elif Aydın
fatimah.zahra       فاطمة الزهراء بنت عبد الرحمن
gift.moyo           Gift Moyo
hinemoa.parata      Hinemoa Pārata
ingrid.thorsdottir  Ingríð Þórsdóttir
jose.quispe         José Quispe Mamani
kanya.srisai        กัญญา ศรีใส
linh                Linh
maria.assuncao      Maria da Assunção
noa.shapira         נועה שפירא
"""

PEOPLE = tuple(
    Holder(name=name, email=f"{address}@holders.example")
    for address, name in (line.split(maxsplit=1) for line in _NAMES.strip().splitlines())
)
