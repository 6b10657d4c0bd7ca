//! One body, compiled for the baseline, for AVX2 and for AVX-512, chosen at run time. Multiplications and additions are
//! fused where `mul_add` says so, in all of them, and nowhere else, so all give the same bits; processors without AVX2 do
//! it in many steps.

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
                && ::std::is_x86_feature_detected!("fma")
            {
                #[target_feature(enable = "avx2,fma,avx512f,avx512dq,avx512bw,avx512vl")]
                fn widest($($argument: $kind),*) {
                    $body($($argument),*);
                }
                // SAFETY: the processor has these parts of AVX-512, AVX2 with them, and FMA.
                return unsafe { widest($($argument),*) };
            }
            #[cfg(target_arch = "x86_64")]
            if ::std::is_x86_feature_detected!("avx2") && ::std::is_x86_feature_detected!("fma") {
                #[target_feature(enable = "avx2,fma")]
                fn wide($($argument: $kind),*) {
                    $body($($argument),*);
                }
                // SAFETY: the processor has AVX2 and FMA.
                return unsafe { wide($($argument),*) };
            }
            $body($($argument),*);
        }
    };
}
