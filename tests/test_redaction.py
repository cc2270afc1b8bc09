import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.redaction import nhs_number, redact


class TestIdentifiersAreTakenOut:
    @pytest.mark.parametrize(
        ("message", "kind", "secret"),
        [
            ("write to jo.bloggs@nhs.net please", "e-mail", "bloggs"),
            ("ring me on 07700 900123", "phone", "900123"),
            ("call +44 20 7946 0958 today", "phone", "7946"),
            ("her number is (555) 123-4567", "phone", "4567"),
            ("SSN 123-45-6789", "national number", "6789"),
            ("NHS number 943 476 5919", "national number", "5919"),
            ("9434765919 is the number", "national number", "9434765919"),
            ("MRN 00123456 with low mood", "record number", "00123456"),
            ("hospital no. RX-44821 is new", "record number", "44821"),
            ("case no. 448213 is new", "record number", "448213"),
            ("chart: 448213", "record number", "448213"),
            ("CHI number 0101011234", "record number", "0101011234"),
            ("account number is 12345678", "record number", "12345678"),
            ("jo [at] example.org", "e-mail", "example"),
            ("dob 12/03/1980", "date of birth", "1980"),
            ("born on 3 March 1979", "date of birth", "1979"),
            ("seen on 2026-03-04 in clinic", "date", "2026-03-04"),
            ("see https://example.org/notes?id=77", "address", "77"),
            ("from 10.20.30.40", "address", "10.20"),
            ("lives at SW1A 1AA", "postcode", "1AA"),
        ],
    )
    def test_a_structured_identifier_is_replaced_by_its_kind(self, message: str, kind: str, secret: str) -> None:
        redacted = redact(message)

        assert kind in redacted.kinds
        assert f"[{kind}]" in redacted.text
        assert secret not in redacted.text

    @pytest.mark.parametrize(
        ("message", "name"),
        [
            ("Mr Smith takes sertraline", "Smith"),
            ("mr smith takes sertraline", "smith"),
            ("Mrs. O'Brien is tired", "Brien"),
            ("patient John Smith is low", "Smith"),
            ("my client Anna asks", "Anna"),
            ("patient X takes 5-HTP", " X "),
            ("my name is peter", "peter"),
            ("my patient named sarah", "sarah"),
            ("patient john smith, 45, low mood", "smith"),
            ("my wife Mary-Ann is sad", "Mary"),
        ],
    )
    def test_a_name_after_a_cue_is_replaced(self, message: str, name: str) -> None:
        assert name not in redact(message).text
        assert redact(message).kinds == ("name",)


class TestWhatIsNotAnIdentifierStays:
    @pytest.mark.parametrize(
        "message",
        [
            "does exercise help 60-80% of people",
            "30–40 % compared with 20 to 30 percent",
            "10,000 lux for 20-30 minutes",
            "phq 12, gad 10, 5-HT2A, 50-100 mg",
            "vitamin D 1000 IU in 2019-2023",
            "9434765918 has the wrong check digit",
            "patient is low in B12",
            "my son is sad",
            "Patient Health Questionnaire 9",
            "Does A Patient Need Therapy Today",
            "EC 3.5.1.2 is an enzyme",
            "what does Beck say about depression",
            "Is it the case 90-95% of serotonin is made in the gut?",
            "does tai chi 30-60 minutes a day help",
            "a chart 1000-2000 years old",
        ],
    )
    def test_ordinary_numbers_and_words_survive(self, message: str) -> None:
        assert redact(message).text == message
        assert redact(message).kinds == ()


class TestTheCheckDigit:
    def test_of_ten_candidates_exactly_one_or_none_is_an_nhs_number(self) -> None:
        assert sum(nhs_number(f"943476591{digit}") for digit in range(10)) == 1

    @pytest.mark.parametrize("digits", ["", "123", "94347659190", "943476591x", "９４３４７６５９１９"])
    def test_anything_but_ten_plain_digits_is_not(self, digits: str) -> None:
        assert not nhs_number(digits)


class TestRedactionOfAnything:
    @pytest.mark.parametrize("piece", ["a.", "1-", "number is ", "born on ", " "])
    def test_it_comes_to_an_end_with_a_very_long_message_too(self, piece: str) -> None:
        message = f"call me born {piece * 30_000}"

        assert redact(message).text == message

    @given(st.text(max_size=300))
    def test_it_never_raises_and_a_second_pass_finds_no_structured_identifier(self, text: str) -> None:
        once = redact(text)

        assert not {"e-mail", "national number", "address"} & set(redact(once.text).kinds)

    @given(st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{2,8}\.(com|org|net)", fullmatch=True))
    def test_every_plain_e_mail_address_goes(self, address: str) -> None:
        assert address not in redact(f"please write to {address} today").text
