{# The peoples that autonomous places are named for, as one alternation. #}
{% macro peoples() %}蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各{% endmacro %}

{# A region's name without the people and the word for its kind: 恩施土家族苗族自治州 is 恩施, 北川羌族自治县 is 北川.
   Where one character would be left (滦县), the name stays whole. #}
{% macro short_region_name(name, level_code) -%}
coalesce(
    nullif(regexp_extract({{ name }}, '^(内蒙古|广西|西藏|宁夏|新疆|香港|澳门)', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)((?:{{ peoples() }})族?)+自治[州县旗]$', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)族?自治[州县旗]$', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)((?:{{ peoples() }})族)+[乡镇]$', 1), ''),
    nullif(regexp_extract({{ name }}, '^(.{2,}?)(省|市|地区|盟|县|新区|林区|特区|区|旗|镇|乡|街道|苏木)$', 1), ''),
    {{ name }}
)
{%- endmacro %}
