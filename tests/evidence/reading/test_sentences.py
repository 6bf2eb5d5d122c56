"""Sentences of many languages; `|` stands where one ends.

Beside these, the golden rules of the Pragmatic Segmenter (as pySBD 0.3.4 carries them, texts on one line) were run:
all of Chinese, Dutch, French, Japanese, Polish and Spanish, 27 of 28 German, 35 of 36 Italian, 41 of 42 Russian ones.
"""

import time

import pytest

from standoff.evidence.reading.sentences import guess_language, split_sentences

CASES = {
    "en": (
        "The treaty ends in May.| A new one is due by then.",
        "Was it signed?| The answer was no.| They left at noon.",
        "See no. 7 and pp. 12 ff. of vol. 3 for that.| It is short.",
        "Gen. Park met Dr. Lee, Sen. Fox and Mrs. Ray on Jan. 4.| All were late.",
        "The U.S. Navy left.| It was no loss to the U.S.| The others stayed.",
        "It opens at 6 p.m. Moscow time.| It shuts at 9 p.m.| Then all go home.",
        "“Stop! Turn back,” he called.| Nobody did.",
        "“We wait. We do not beg.”| So it went on.",
        "“We wait.” Park said.| Others nodded.",
        "(1) The ships stay in port.| The crews go home.| (2) Nobody is paid.",
        "(a) Each side counts.| It reports in June.",
        "1. The first rule holds.| It has no end.",
        "• The gates stay shut.| Guards stand there.",
        "§ 4. Every side may leave.| It must say so.",
        "The bill passed (it was late. Nobody saw it).| It is law.",
        "It was plan B.| There was no plan C.",
        "It fell by 3.5 percent in Q1.| Then it rose.",
        "So it was said.[12] Others doubt it.".replace("] ", "]| "),
        "So it was said.⁴| Others doubt it.",
        "They hoped … and waited.| In vain…| Nobody came.",
        "Who knows?! He does.".replace("! ", "!| "),
    ),
    "de": (
        "Seit dem 3. Oktober schweigt er.| Am 19. Mai kam ein Brief.",
        "Im 20. Jahrhundert war das anders.| Damals gab es Zölle.",
        "Das gilt z. B. für Kohle, d. h. für alles.| Nur v. a. nicht für Erz.",
        "Prof. Dr. Weiß und Fr. Meier kamen am 4. 5. 2021.| Sie gingen bald.",
        "Es waren 12.| Danach kamen mehr.",
        "„Wir warten. Wir bitten nicht.“| Das war alles.",
        "Man nannte Öl, Gas usw.| Der Rest blieb geheim.",
        "Das war 2021.| Im Jahr darauf endete es.",
    ),
    "fr": (
        "M. Petit et Mme Roy ont parlé.| Le reste est secret, cf. art. 5 et p. 12.",
        "Vers l’an 50 av. J.-C. il n’y avait rien.| Rien du tout.",
    ),
    "es": (
        "El Sr. Ruiz y la Dra. Gil hablaron.| No hubo nada en la pág. 4.",
        "¿Qué pasó?| Nada, dijo EE. UU. en mayo.| ¡Basta!",
    ),
    "it": (
        "Il sig. Riva e l’avv. Conti tacciono.| Non c’è altro all’art. 3.",
        "Così, ecc. Ma non basta.".replace("ecc. ", "ecc.| "),
    ),
    "pt": ("O Sr. Reis e a Dra. Lima calaram.| Não há nada na pág. 9.",),
    "pl": (
        "W 1. połowie roku i 3. maja milczano.| Nikt nie pytał.",
        "Prof. Lis i gen. Wilk, tzn. obaj, czekają, m.in. na art. 5.| To trwa.",
        "Tak było w 2021 r.| Potem nikt nie przyszedł.",
    ),
    "ru": (
        "А. С. Ильин, т. е. посол, и г-н Ким молчат.| Они ждут.",
        "Так было в 2021 г. в Москве и др. городах.| Потом всё изменилось.",
        "Это было в 2021 г.| Затем все ушли.",
        "«Мы ждём. Мы не просим».| Так он сказал.",
    ),
    "uk": ("Так було у 2021 р.| Потім усе змінилося.",),
    "ko": ("북한은 28일 미사일을 쐈다.| 미국은 “기다린다. 서두르지 않는다.”라고 말했다.| 끝났다.",),
    "ja": ("船は来ない。|「待つ。急がない。」と彼は言った。|それだけだ。",),
    "zh": ("船没有来。|“我们等。”船长说。|他问：“什么时候？”|没有人回答！|真的吗？|是的。",),
    "ar": ("متى تنتهي؟| لا أحد يعرف.| هذا كل شيء.",),
    "hi": ("यह समाप्त हुआ।| कोई नहीं आया।",),
}


@pytest.mark.parametrize(("language", "marked"), [(lang, text) for lang, texts in CASES.items() for text in texts])
def test_sentences_end_where_they_end(language: str, marked: str) -> None:
    wanted = tuple(piece.strip() for piece in marked.split("|"))
    assert split_sentences(marked.replace("|", ""), language) == wanted


@pytest.mark.parametrize("language", [name for name in CASES if name not in ("ko", "ja", "zh", "ar", "hi", "uk")])
def test_the_language_of_a_text_is_guessed_from_its_commonest_words(language: str) -> None:
    assert guess_language(" ".join(CASES[language]).replace("|", "") * 2) == language


def test_no_word_is_lost_or_added() -> None:
    for language, texts in CASES.items():
        for marked in texts:
            text = marked.replace("|", "")
            assert "".join(split_sentences(text, language)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", " ", ".", "...", "“", "A", "(", ". . . .", "1.", "“((«" * 50, "a." * 50])
def test_what_is_hardly_a_sentence(text: str) -> None:
    assert "".join(split_sentences(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "unit", ["He left. ", "“ ( ", "a. B. ", "1. ", "Nr. ", "“So. So.” ", "。」", "！？", "[1].", '" ']
)
def test_time_grows_with_length(unit: str) -> None:
    def seconds(n: int) -> float:
        start = time.process_time()
        split_sentences(unit * n, "de")
        return time.process_time() - start

    seconds(1_000)
    assert min(seconds(50_000) for _ in range(2)) < 30 * max(min(seconds(5_000) for _ in range(3)), 0.005)
