//! One body, compiled for the baseline, for AVX2 and for AVX-512, chosen at run time. None of them fuses multiplications
//! with additions, so all give the same bits.

/// `fastest! { fn name(arguments) = body }` makes a function that runs `body`, which must be `#[inline(always)]`,
/// compiled for AVX2 or AVX-512 where the processor has it. A closure would not do: it is not always inlined.
#[macro_export]
macro_rules! fastest {
    ($(#[$doc:meta])* $visible:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) = $body:path) => {
        $(#[$doc])*
        $visible fn $name($($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            if ::std::is_x86_feature_detected!("avx512f")
                && ::std::is_x86_feature_detected!("avx512dq")
                && ::std::is_x86_feature_detected!("avx512bw")
                && ::std::is_x86_feature_detected!("avx512vl")
            {
                #[target_feature(enable = "avx2,avx512f,avx512dq,avx512bw,avx512vl")]
                fn widest($($argument: $kind),*) {
                    $body($($argument),*);
                }
                // SAFETY: the processor has these parts of AVX-512, and AVX2 with them.
                return unsafe { widest($($argument),*) };
            }
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
