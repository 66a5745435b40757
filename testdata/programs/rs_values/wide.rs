#[derive(Clone, Copy)]
#[repr(i128)]
pub enum Wide {
    Least = i128::MIN,
    Zero = 0,
    Most = i128::MAX,
}
#[repr(u128)]
pub enum Tagged {
    Number(u32) = u128::MAX,
    Text(&'static str) = 1 << 100,
    Nothing = 0,
}

#[inline(never)]
pub fn wide(n: u32) {
    let one = n == 1;
    let least = if one { Wide::Least } else { Wide::Most };
    let most: Option<Wide> = if one { Some(Wide::Most) } else { None };
    let no_wide: Option<Wide> = if one { None } else { Some(Wide::Zero) };
    let tagged_number = if one { Tagged::Number(n) } else { Tagged::Nothing };
    let tagged_text = if one { Tagged::Text("wide") } else { Tagged::Nothing };
    let tagged_nothing = if one { Tagged::Nothing } else { Tagged::Number(2) };
    let half: f16 = 1.5 * n as f16;
    let quad: f128 = -2.25 * n as f128;
    stop!(least, most, no_wide, tagged_number, tagged_text, tagged_nothing, half, quad);
}
