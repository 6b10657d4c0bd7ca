//! One body, compiled for the baseline and for AVX2, chosen at run time. Neither fuses multiplications with additions, so
//! both give the same bits.

/// `fastest! { fn name(arguments) = body }` makes a function that runs `body`, which must be `#[inline(always)]`,
/// compiled for AVX2 where the processor has it. A closure would not do: it is not always inlined.
#[macro_export]
macro_rules! fastest {
    ($(#[$doc:meta])* $visible:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) = $body:path) => {
        $(#[$doc])*
        $visible fn $name($($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            if ::std::is_x86_feature_detected!("avx2") {
                #[target_feature(enable = "avx2")]
                fn wide($($argument: $kind),*) {
                    $body($($argument),*);
                }
                // SAFETY: the processor has AVX2.
                return unsafe { wide($($argument),*) };
            }
            $body($($argument),*);
        }
    };
}
